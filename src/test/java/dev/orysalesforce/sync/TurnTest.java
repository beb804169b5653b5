package dev.orysalesforce.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orysalesforce.AppTest;
import dev.orysalesforce.settings.SyncSettings;
import java.time.Clock;
import java.time.Duration;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Several instances with one ledger; what they do with it as processes is in TakeoverIT. */
class TurnTest extends AppTest {

    @Autowired
    private CamelContext camel;

    @Autowired
    private SyncSettings settings;

    @BeforeEach
    void itIsNobodysTurn() {
        sql.update("delete from turns");
    }

    @Test
    void oneAtATimeUntilItIsPassedOn() {
        Turn first = turn(Duration.ZERO);
        Turn second = turn(Duration.ZERO);
        assertThat(first.take()).isTrue();
        assertThat(second.take()).isFalse();
        assertThatCode(first::keep).doesNotThrowAnyException();
        second.pass();
        assertThat(second.take()).as("nobody passes on what is another's").isFalse();
        first.pass();
        assertThat(second.take()).isTrue();
        assertThat(first.take()).isFalse();
    }

    @Test
    void whoeverGoesWithoutAWordIsWaitedForAMinute() {
        Turn gone = turn(Duration.ZERO);
        assertThat(gone.take()).isTrue();
        assertThat(turn(Duration.ofSeconds(55)).take()).isFalse();
        assertThat(turn(Duration.ofSeconds(65)).take()).isTrue();
    }

    @Test
    void whoeverWasHeldUpForTooLongWritesNothingMore() {
        Turn heldUp = turn(Duration.ZERO);
        assertThat(heldUp.take()).isTrue();
        assertThat(turn(Duration.ofSeconds(65)).take()).isTrue();
        assertThatThrownBy(heldUp::keep).isInstanceOf(HoldException.class).hasMessageContaining("Another instance");
    }

    @Test
    void anInstanceWithABrokerOfItsOwnAsksNobody() {
        turn(Duration.ZERO).take();
        assertThat(new Turn(sql, Clock.systemUTC(), camel, settings, "embedded").take()).isTrue();
    }

    /** An instance's, some time from now. */
    private Turn turn(Duration later) {
        return new Turn(sql, Clock.offset(Clock.systemUTC(), later), camel, settings, "native");
    }
}
