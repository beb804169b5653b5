package dev.orysalesforce.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** FaultsIT sets the clock back. */
class ReceiptClockTest {

    private final ReceiptClock receiptClock = new ReceiptClock(Clock.systemUTC());

    @Test
    void noTwoReceiptsAreAtTheSameTime() {
        Instant before = Instant.now();
        List<Instant> all = IntStream.range(0, 100_000).parallel().mapToObj(i -> receiptClock.next()).sorted().toList();
        assertThat(all).doesNotHaveDuplicates();
        assertThat(all.get(0)).isBetween(before, before.plusSeconds(10));
    }
}
