package dev.orysalesforce.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.ledger.Activity;
import dev.orysalesforce.match.DuplicateRecords;
import dev.orysalesforce.salesforce.ErrorPolicy;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.sync.DeliveryPause;
import dev.orysalesforce.sync.FailureIsolation;
import dev.orysalesforce.sync.OperatorProbe;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.jdbc.core.JdbcTemplate;

/** The JVM omits the stack trace of exceptions in hot code, and many exceptions have no message. */
class FailureWithoutWordsTest {

    private final SyncSettings settings = new Binder(new MapConfigurationPropertySource(Map.of("sync.data-dir", "data",
            "sync.mappings.default", "mappings/lead.jslt"))).bind("sync", SyncSettings.class).get();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

    @Test
    void anOutageWithoutAStackTraceHasACause() {
        DeliveryPause pause = new DeliveryPause(CircuitBreaker.ofDefaults("salesforce"), new FailureIsolation(),
                new OperatorProbe(settings, Clock.systemUTC()), settings, Clock.systemUTC(), Clock.systemUTC(), meters,
                new Activity(new JdbcTemplate(), null, settings, Clock.systemUTC()));
        pause.recordFailure(stackless());
        assertThat(pause.health().getDetails()).containsEntry("code", "NullPointerException");
        assertThat(pause.health().getDetails().get("reason").toString()).contains("NullPointerException");
    }

    @Test
    void aFailureWithoutAMessagePausesDelivery() {
        WriteResults results = new WriteResults(new ErrorPolicy(settings, new StandardEnvironment()), null, null,
                null, null, null, settings, new ObjectMapper(), meters, Clock.systemUTC());
        SalesforceException mute = new SalesforceException((Throwable) null);
        assertThatThrownBy(() -> new DuplicateRecords(settings, results, null, new ObjectMapper()).matches(null, mute))
                .isInstanceOf(PauseDeliveryException.class);
        assertThatThrownBy(() -> results.failed(new SalesforceException(List.of(), 503))).isInstanceOf(PauseDeliveryException.class);
    }

    private static NullPointerException stackless() {
        NullPointerException failure = new NullPointerException();
        failure.setStackTrace(new StackTraceElement[0]);
        return failure;
    }
}
