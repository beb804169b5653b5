package dev.orysalesforce.bench;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How long is measured.
 *
 * @param folder of the processes' data and logs
 * @param isShort whether it is only to be seen that everything still runs
 */
record Plan(Path folder, boolean isShort) {

    Duration warmUp() {
        return Duration.ofSeconds(isShort ? 2 : 10);
    }

    Duration saturation() {
        return Duration.ofSeconds(isShort ? 2 : 15);
    }

    Duration steady() {
        return Duration.ofSeconds(isShort ? 3 : 30);
    }

    /** At saturation. In a full run more than the default threads of any server here, so that it shows which one is full. */
    int connections() {
        return isShort ? 32 : 256;
    }

    /** Events a second. */
    int pace() {
        return isShort ? 20 : 200;
    }

    Duration outage() {
        return Duration.ofSeconds(isShort ? 3 : 30);
    }

    /** Events for one rate of rows: so many batches. */
    int burst() {
        return isShort ? 1_600 : 16_000;
    }

    int[] latencies() {
        return isShort ? new int[] {300} : new int[] {100, 300, 1_000};
    }

    double[] paces() {
        return isShort ? new double[] {10} : new double[] {1, 10, 100};
    }

    int starts() {
        return isShort ? 1 : 3;
    }

    int[] backlogs() {
        return isShort ? new int[] {2_000} : new int[] {10_000, 100_000, 1_000_000};
    }

    int deadLetters() {
        return isShort ? 1_000 : 100_000;
    }

    /** Identities in the ledger. */
    int identities() {
        return isShort ? 10_000 : 1_000_000;
    }

    /** How often each page of the console is loaded. */
    int pageLoads() {
        return isShort ? 5 : 100;
    }

    /** A folder of its own for a process. */
    Path folder(String name) {
        return folder.resolve(name);
    }
}
