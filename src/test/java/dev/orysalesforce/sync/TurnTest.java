package dev.orysalesforce.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orysalesforce.ledger.LedgerDatabase;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Several instances with one ledger; what they do with it as processes is in TakeoverIT. */
class TurnTest {

    private final CamelContext camel = new DefaultCamelContext();

    static List<LedgerDatabase> databases() {
        return LedgerDatabase.available();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void oneAtATimeUntilItIsPassedOn(LedgerDatabase database) {
        database.empty();
        Turn first = turn(database, Duration.ZERO);
        Turn second = turn(database, Duration.ZERO);
        assertThat(first.take()).isTrue();
        assertThat(second.take()).isFalse();
        assertThatCode(first::keep).doesNotThrowAnyException();
        second.pass();
        assertThat(second.take()).as("nobody passes on what is another's").isFalse();
        first.pass();
        assertThat(second.take()).isTrue();
        assertThat(first.take()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void whoeverGoesWithoutAWordIsWaitedForAMinute(LedgerDatabase database) {
        database.empty();
        Turn gone = turn(database, Duration.ZERO);
        assertThat(gone.take()).isTrue();
        assertThat(turn(database, Duration.ofSeconds(55)).take()).isFalse();
        assertThat(turn(database, Duration.ofSeconds(65)).take()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("databases")
    void whoeverWasHeldUpForTooLongWritesNothingMore(LedgerDatabase database) {
        database.empty();
        Turn heldUp = turn(database, Duration.ZERO);
        assertThat(heldUp.take()).isTrue();
        assertThat(turn(database, Duration.ofSeconds(65)).take()).isTrue();
        assertThatThrownBy(heldUp::keep).isInstanceOf(HoldException.class).hasMessageContaining("Another instance");
    }

    @ParameterizedTest
    @MethodSource("databases")
    void anInstanceWithABrokerOfItsOwnAsksNobody(LedgerDatabase database) {
        database.empty();
        turn(database, Duration.ZERO).take();
        assertThat(new Turn(database.sql(), Clock.systemUTC(), camel, database.settings(), "embedded").take()).isTrue();
    }

    /** An instance's, some time from now. */
    private Turn turn(LedgerDatabase database, Duration later) {
        return new Turn(database.sql(), Clock.offset(Clock.systemUTC(), later), camel, database.settings(), "native");
    }
}
