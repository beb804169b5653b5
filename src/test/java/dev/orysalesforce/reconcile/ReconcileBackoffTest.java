package dev.orysalesforce.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.settings.SyncSettings;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class ReconcileBackoffTest {

    @Test
    void aFailureWithoutAStackTraceHasAReason() {
        SyncSettings settings = new Binder(new MapConfigurationPropertySource(Map.of("sync.data-dir", "data",
                "sync.mappings.default", "mappings/lead.jslt"))).bind("sync", SyncSettings.class).get();
        ReconcileBackoff backoff = new ReconcileBackoff(null, null, settings, Clock.systemUTC());
        NullPointerException stackless = new NullPointerException();
        stackless.setStackTrace(new StackTraceElement[0]);
        assertThat(backoff.isEnd(stackless)).isFalse();
        assertThat(backoff.reason()).contains("NullPointerException");
    }
}
