package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cost of a burst of sign-ups, with the shipped settings and 300 ms per call. */
@Tag("nightly")
class BurstIT {

    @Test
    void burstsCostFewCalls(@TempDir Path folder) throws InterruptedException {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).asBuilt().start()) {
            salesforce.faults().start(Fault.latency(Duration.ofMillis(300)));
            burst(app, salesforce, 500); // warm-up
            assertThat(burst(app, salesforce, 1)).as("calls for 1").isLessThanOrEqualTo(2);
            assertThat(burst(app, salesforce, 200)).as("calls for 200").isLessThanOrEqualTo(6);
            assertThat(burst(app, salesforce, 1_000)).as("calls for 1,000, look-ups included; a login is one more")
                    .isLessThan(12);
            int many = Integer.getInteger("burst.most", 4_000); // -Dburst.most=10000 for a full run
            assertThat(burst(app, salesforce, many)).as("calls for " + many).isLessThanOrEqualTo(many * 9 / 1_000);
            assertThat(salesforce.calls().violations()).isEmpty();
        }
    }

    /** @return the calls that it cost */
    private static long burst(AppProcess app, SalesforceSandbox salesforce, int size) throws InterruptedException {
        long before = salesforce.calls().count();
        int records = salesforce.org().records("Lead").size();
        List<String> ids = Stream.generate(() -> UUID.randomUUID().toString()).limit(size).toList();
        ExecutorService senders = Executors.newFixedThreadPool(32);
        Ory ory = app.ory();
        Instant start = Instant.now();
        ids.forEach(id -> senders
                .submit(() -> assertThat(ory.sends("registration", Ory.identity(id, start, "Burst")).statusCode()).isEqualTo(204)));
        senders.shutdown();
        assertThat(senders.awaitTermination(2, TimeUnit.MINUTES)).isTrue();
        Instant accepted = Instant.now();
        await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(20))
                .until(() -> salesforce.org().records("Lead").size() == records + size);
        Duration after = Duration.between(accepted, Instant.now());
        long calls = salesforce.calls().count() - before;
        System.out.printf("%d events: accepted in %d ms, the last in the org %d ms later, %d calls%n",
                size, Duration.between(start, accepted).toMillis(), after.toMillis(), calls);
        return calls;
    }
}
