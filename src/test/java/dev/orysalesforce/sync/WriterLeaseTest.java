package dev.orysalesforce.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.ledger.LedgerDatabase;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Several instances with one ledger; FailoverIT tests them as processes. */
class WriterLeaseTest {

    private final CamelContext camel = new DefaultCamelContext();

    static List<LedgerDatabase> databases() {
        return LedgerDatabase.available();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void oneInstanceHoldsTheLeaseUntilItIsReleased(LedgerDatabase database) {
        database.empty();
        WriterLease first = turn(database, Duration.ZERO);
        WriterLease second = turn(database, Duration.ZERO);
        assertThat(first.acquire()).isTrue();
        assertThat(second.acquire()).isFalse();
        assertThatCode(first::renew).doesNotThrowAnyException();
        second.release();
        assertThat(second.acquire()).as("an instance can't release another's lease").isFalse();
        first.release();
        assertThat(second.acquire()).isTrue();
        assertThat(first.acquire()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void theLeaseOfAKilledInstanceEndsAfterAMinute(LedgerDatabase database) {
        database.empty();
        WriterLease gone = turn(database, Duration.ZERO);
        assertThat(gone.acquire()).isTrue();
        assertThat(turn(database, Duration.ofSeconds(55)).acquire()).isFalse();
        assertThat(turn(database, Duration.ofSeconds(65)).acquire()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void anInstanceThatLostItsLeaseWritesNothing(LedgerDatabase database) {
        database.empty();
        WriterLease heldUp = turn(database, Duration.ZERO);
        assertThat(heldUp.acquire()).isTrue();
        assertThat(turn(database, Duration.ofSeconds(65)).acquire()).isTrue();
        assertThatThrownBy(heldUp::renew).isInstanceOf(PauseDeliveryException.class).hasMessageContaining("Another instance");
    }

    @ParameterizedTest
    @MethodSource("databases")
    void oneInstanceLooksForAlertsPreferablyTheOneThatWrites(LedgerDatabase database) {
        database.empty();
        WriterLease first = turn(database, Duration.ZERO);
        WriterLease second = turn(database, Duration.ZERO);
        Duration minute = Duration.ofMinutes(1);
        assertThat(first.acquireForAlerts(minute)).isTrue();
        assertThat(second.acquireForAlerts(minute)).isFalse();
        assertThat(first.acquireForAlerts(minute)).isTrue();
        assertThat(turn(database, Duration.ofSeconds(65)).acquireForAlerts(minute)).as("the first has ended").isTrue();
        assertThat(second.acquire()).isTrue();
        assertThat(second.acquireForAlerts(minute)).as("it writes").isTrue();
        second.release();
        assertThat(first.acquireForAlerts(minute)).as("between two batches").isFalse();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void anInstanceWithAnEmbeddedBrokerNeedsNoLease(LedgerDatabase database) {
        database.empty();
        turn(database, Duration.ZERO).acquire();
        assertThat(new WriterLease(database.jdbc(), Clock.systemUTC(), camel, database.settings(), "embedded").acquire()).isTrue();
    }

    /** An instance's lease, some time from now. */
    private WriterLease turn(LedgerDatabase database, Duration later) {
        return new WriterLease(database.jdbc(), Clock.offset(Clock.systemUTC(), later), camel, database.settings(), "native");
    }
}
