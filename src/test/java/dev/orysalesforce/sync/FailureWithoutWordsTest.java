package dev.orysalesforce.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.settings.SyncSettings;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.junit.jupiter.api.Test;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The JVM throws exceptions without a stack trace where it is hot, and many come without a message. */
class FailureWithoutWordsTest {

    private final SyncSettings settings = new Binder(new MapConfigurationPropertySource(Map.of("sync.data-dir", "data",
            "sync.mappings.default", "mappings/lead.ds"))).bind("sync", SyncSettings.class).get();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void anOutageWithoutAStackTraceHasACause() {
        Outage outage = new Outage(CircuitBreaker.ofDefaults("salesforce"), settings, Clock.systemUTC(), Clock.systemUTC(), meters);
        outage.because(stackless());
        assertThat(outage.health().getDetails()).containsEntry("code", "NullPointerException");
        assertThat(outage.health().getDetails().get("reason").toString()).contains("NullPointerException");
    }

    @Test
    void whatSalesforceSaysInNoWordsIsAHoldLikeAnyOther() {
        Answers answers = new Answers(new ErrorPolicy(settings, new StandardEnvironment()), settings, new ObjectMapper(), meters, Clock.systemUTC());
        SalesforceException mute = new SalesforceException((Throwable) null);
        assertThatThrownBy(() -> new DuplicateRecords(settings, answers, new ObjectMapper()).matches(null, mute))
                .isInstanceOf(HoldException.class);
        assertThatThrownBy(() -> answers.failed(new SalesforceException(List.of(), 503))).isInstanceOf(HoldException.class);
    }

    private static NullPointerException stackless() {
        NullPointerException failure = new NullPointerException();
        failure.setStackTrace(new StackTraceElement[0]);
        return failure;
    }
}
