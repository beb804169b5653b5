package dev.orysalesforce.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.settings.SyncSettings;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class InterruptionTest {

    @Test
    void aFailureWithoutAStackTraceHasAReason() {
        SyncSettings settings = new Binder(new MapConfigurationPropertySource(Map.of("sync.data-dir", "data",
                "sync.mappings.default", "mappings/lead.ds"))).bind("sync", SyncSettings.class).get();
        Interruption interruption = new Interruption(null, settings, Clock.systemUTC());
        NullPointerException stackless = new NullPointerException();
        stackless.setStackTrace(new StackTraceElement[0]);
        assertThat(interruption.isEnd(stackless)).isFalse();
        assertThat(interruption.reason()).contains("NullPointerException");
    }
}
