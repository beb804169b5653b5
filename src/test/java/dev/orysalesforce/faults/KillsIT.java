package dev.orysalesforce.faults;

import static org.awaitility.Awaitility.await;

import dev.orysalesforce.process.AppProcess;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGKILL at any moment, while events arrive and calls are in flight. {@code -Dkill.rounds} sets the number. */
@Tag("faults")
@Tag("nightly")
class KillsIT {

    private static final int ROUNDS = Integer.getInteger("kill.rounds", 2);
    private static final int PER_SECOND = Integer.getInteger("faults.pace", 60);
    private static final long SEED = Long.getLong("faults.seed", 20261125);
    /** Shorter than a start, so that a call of the killed app is over when the next one sends. */
    private static final Duration A_CALL = Duration.ofMillis(150);
    private static final int LATEST_MILLIS = 1_500;
    /** One of so many rounds is at a random moment; the others wait for a call in flight, where most can fail. */
    private static final int AT_RANDOM = 4;

    @Test
    void noKillAtAnyMomentBreaksAPromise(@TempDir Path folder) {
        SalesforceSandbox salesforce = SalesforceSandbox.start();
        AppProcess app = FaultsIT.accelerated(new AppProcess(folder, salesforce)).start();
        Random random = new Random(SEED);
        FaultTable table = new FaultTable();
        int kills = 0;
        boolean green = false;
        try (FaultScenario scenario = new FaultScenario(app, salesforce, PER_SECOND, SEED)) {
            salesforce.faults().start(Fault.latency(A_CALL));
            scenario.load().resume();
            while (kills < ROUNDS) {
                int moment = random.nextInt(LATEST_MILLIS);
                FaultScenario.letPass(Duration.ofMillis(moment));
                if (kills % AT_RANDOM != AT_RANDOM - 1) {
                    await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2))
                            .until(() -> salesforce.calls().inFlight() > 0);
                }
                int inFlight = salesforce.calls().inFlight();
                scenario.killAndStart();
                kills++;
                table.add("kill %d, %d ms or more after all was well".formatted(kills, moment), inFlight + " calls in flight",
                        scenario.assertPromises(true));
            }
            green = true;
        } finally {
            FaultReport.section("3-kills",
                    "## %d kills\n\nSIGKILL, three of four while a call is under way, %d events a second, %d ms a call.\n\n"
                            .formatted(kills, PER_SECOND, A_CALL.toMillis()) + table.outcome(green));
        }
    }
}
