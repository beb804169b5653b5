package dev.orysalesforce.trace;

import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** OpenTelemetry, if an exporter's endpoint is configured. Otherwise none of its beans exists. */
@Configuration
@ConditionalOnExpression("!'${otel.exporter.otlp.endpoint:}'.isBlank()")
class TraceConfiguration {

    /** Configured by the standard's own variables, from the environment or from {@code application.yaml}. */
    @Bean
    OpenTelemetrySdk openTelemetry(Environment environment) {
        Map<String, String> settings = Binder.get(environment)
                .bind("otel", Bindable.mapOf(String.class, String.class)).get().entrySet().stream()
                .collect(Collectors.toMap(setting -> "otel." + setting.getKey(), Map.Entry::getValue));
        return AutoConfiguredOpenTelemetrySdk.builder().disableShutdownHook()
                .addPropertiesSupplier(() -> settings).build().getOpenTelemetrySdk();
    }

    @Bean
    RouteSpans routeSpans(OpenTelemetrySdk telemetry, Environment environment) {
        return new RouteSpans(telemetry.getTracer("ory-salesforce-sync"), Binder.get(environment)
                .bind("traces.spans", Bindable.mapOf(String.class, SpanKind.class)).get());
    }
}
