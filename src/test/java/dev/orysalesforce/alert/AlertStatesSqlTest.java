package dev.orysalesforce.alert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.alert.AlertStates.State;
import dev.orysalesforce.alert.Condition.Verdict;
import dev.orysalesforce.ledger.LedgerDatabase;
import dev.orysalesforce.sync.MovedClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Which alerts are due, after a restart and with several instances, too. */
class AlertStatesSqlTest {

    private static final Condition PAUSED =
            new Condition(AlertKind.PAUSED, Verdict.HOLDS, null, "UNREACHABLE", Map::of, "Wait.");
    private static final Condition DELIVERING = Condition.over(AlertKind.PAUSED, "Events are delivered.");

    private final MovedClock clock = new MovedClock();

    static List<LedgerDatabase> databases() {
        return LedgerDatabase.available();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aConditionIsToldOnceAndSoIsItsEnd(LedgerDatabase database) {
        AlertStates states = states(database.empty());
        assertThat(states.next(DELIVERING)).isNull();
        Alert begun = states.next(PAUSED);
        assertThat(begun.state()).isEqualTo("begun");
        assertThat(begun.since()).isEqualTo(clock.instant());
        assertThat(states.next(PAUSED)).isNull();
        assertThat(states.next(Condition.unknown(AlertKind.PAUSED))).isNull();
        assertThat(states.next(DELIVERING).state()).isEqualTo("ended");
        assertThat(states.next(DELIVERING)).isNull();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void aRestartRepeatsNothingAndForgetsNothing(LedgerDatabase database) {
        assertThat(states(database.empty()).next(PAUSED)).isNotNull();
        clock.move(Duration.ofHours(3));
        assertThat(states(database).next(PAUSED)).isNull();
        assertThat(states(database).next(Condition.unknown(AlertKind.PAUSED))).isNull();
        assertThat(states(database).next(DELIVERING).state()).isEqualTo("ended");
    }

    @ParameterizedTest
    @MethodSource("databases")
    void whatBeginsAgainWithinAnHourIsCounted(LedgerDatabase database) {
        AlertStates states = states(database.empty());
        states.next(PAUSED);
        states.next(DELIVERING);
        for (int i = 0; i < 5; i++) {
            clock.move(Duration.ofMinutes(5));
            assertThat(states.next(PAUSED)).isNull();
            assertThat(states.next(DELIVERING)).isNull();
        }
        assertThat(states.next(PAUSED)).isNull();
        clock.move(Duration.ofHours(1));
        Alert later = states.next(PAUSED);
        assertThat(later.times()).isEqualTo(6);
        assertThat(later.since()).as("when it began").isEqualTo(clock.instant().minus(Duration.ofHours(1)));
        assertThat(later.message()).contains("It has begun 6 times since the last alert.");
    }

    @ParameterizedTest
    @MethodSource("databases")
    void ofTwoInstancesOneTells(LedgerDatabase database) {
        AlertStates first = states(database.empty());
        AlertStates second = states(database);
        State seen = second.state(AlertKind.PAUSED);
        assertThat(first.next(PAUSED)).isNotNull();
        assertThat(second.save(AlertKind.PAUSED, seen)).as("it has read the state before the other has changed it").isFalse();
        assertThat(second.next(PAUSED)).isNull();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void eachKindIsToldForItself(LedgerDatabase database) {
        AlertStates states = states(database.empty());
        assertThat(states.next(PAUSED)).isNotNull();
        assertThat(states.next(new Condition(AlertKind.DEAD_LETTERS, Verdict.HOLDS, null, "12 wait", () -> Map.of("A", 12L), "Fix it."))
                .link()).isEqualTo("https://sync.example.com/console/dead-letters");
    }

    private AlertStates states(LedgerDatabase database) {
        AlertSettings settings = new Binder(new MapConfigurationPropertySource(
                Map.of("alerts.console-url", "https://sync.example.com"))).bind("alerts", AlertSettings.class).get();
        return new AlertStates(database.jdbc(), null, null, settings, clock);
    }
}
