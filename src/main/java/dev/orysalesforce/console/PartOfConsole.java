package dev.orysalesforce.console;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.stream.Stream;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/**
 * A bean that is made when the first page needs it. While people can't log in to the console, there is no such bean, so that a start
 * loads neither its class nor the libraries of the console.
 */
@Documented
@Lazy
@Conditional(PartOfConsole.IsOpen.class)
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface PartOfConsole {

    /** Whether people can log in, by one of both ways. */
    final class IsOpen implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata bean) {
            return Stream.of("OPERATOR_TOKEN", "console.oidc.issuer")
                    .anyMatch(setting -> StringUtils.hasText(context.getEnvironment().getProperty(setting)));
        }
    }
}
