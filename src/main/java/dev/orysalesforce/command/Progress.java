package dev.orysalesforce.command;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import picocli.CommandLine.Help.Ansi;

/** A progress line: redrawn on a terminal, repeated every ten seconds elsewhere. */
final class Progress {

    private static final int WIDTH = 30;
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final boolean terminal = Ansi.AUTO.enabled();
    private final Clock clock;
    private final Instant began;
    private Instant next;

    Progress(Clock clock) {
        this.clock = clock;
        this.began = clock.instant();
        this.next = began.plus(INTERVAL);
    }

    /**
     * @param share how much of the whole has been read, 0 to 1; NaN if it is not known
     * @param through identities that are done
     * @param waiting identities that are read and not done
     * @param remark why it does not continue; or empty
     */
    void show(double share, long through, long waiting, String remark) {
        Instant now = clock.instant();
        if (!terminal && now.isBefore(next)) {
            return;
        }
        next = now.plus(INTERVAL);
        double seconds = Math.max(0.1, Duration.between(began, now).toMillis() / 1000.0);
        double done = share * through / Math.max(1, through + waiting);
        String left = done > 0.02 && done < 1 ? ", about " + Math.round(seconds / done - seconds) + " s left" : "";
        System.err.printf(Locale.ENGLISH, "%s%s%,d done, %,d waiting, %,d/s%s %s%s", terminal ? "\r\u001b[K" : "", bar(done), through,
                waiting,
                Math.round(through / seconds), left, remark, terminal ? "" : System.lineSeparator());
    }

    void end() {
        if (terminal) {
            System.err.println();
        }
    }

    private static String bar(double done) {
        if (Double.isNaN(done)) {
            return "";
        }
        int full = (int) Math.round(Math.min(1, done) * WIDTH);
        return "[" + "#".repeat(full) + ".".repeat(WIDTH - full) + "] ";
    }
}
