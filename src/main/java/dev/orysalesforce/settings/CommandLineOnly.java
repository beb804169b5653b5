package dev.orysalesforce.settings;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/** A bean of the commands that the server does not create. A bean that a route names can't be one: routes are the same. */
@Component
@Profile(CommandLineOnly.PROFILE)
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface CommandLineOnly {

    String PROFILE = "cli";
}
