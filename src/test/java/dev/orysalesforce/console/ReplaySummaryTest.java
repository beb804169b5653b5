package dev.orysalesforce.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.operator.ReplayEnding;
import dev.orysalesforce.sync.SyncItem;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people read is in English on machines of other languages, too. */
class ReplaySummaryTest {

    private final Locale before = Locale.getDefault();

    @AfterEach
    void asBefore() {
        Locale.setDefault(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"de-DE", "fr-CH", "ar-EG-u-nu-arab", "tr-TR"})
    void theLanguageOfTheMachineDoesNotMatter(String language) {
        Locale.setDefault(Locale.forLanguageTag(language));
        assertThat(ReplaySummary.begun(12_345, 1_000)).isEqualTo("12,345 dead letters were replayed. 1,000 dead letters were left, because"
                + " a letter without an event of a stored identity can't be replayed.");
        assertThat(ReplaySummary.ended(new ReplayEnding("x", Instant.EPOCH, 12_345, Map.of("synced", 12_000L), 345, 0)))
                .isEqualTo("Of 12,345 replayed: 12,000 synced, 345 waiting.");
        assertThat(SyncItem.Outcome.SKIPPED.label()).isEqualTo("skipped");
    }
}
