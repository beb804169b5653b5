package dev.orysalesforce.command;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** A progress line: redrawn on a terminal, repeated every ten seconds elsewhere. */
final class Progress {

    private static final int WIDTH = 30;
    private static final Duration LINES = Duration.ofSeconds(10);

    private final PrintStream out;
    private final Clock clock;
    private final boolean terminal = System.console() != null;
    private final Instant began;
    private Instant shown = Instant.MIN;

    Progress(PrintStream out, Clock clock) {
        this.out = out;
        this.clock = clock;
        this.began = clock.instant();
    }

    /**
     * @param share how much of the whole has been read, 0 to 1; NaN if it is not known
     * @param through identities that are done
     * @param waiting identities that are read and not done
     * @param remark why it does not continue; or empty
     */
    void show(double share, long through, long waiting, String remark) {
        Instant now = clock.instant();
        if (!terminal && Duration.between(shown.equals(Instant.MIN) ? began : shown, now).compareTo(LINES) < 0) {
            return;
        }
        shown = now;
        double seconds = Math.max(0.1, Duration.between(began, now).toMillis() / 1000.0);
        double done = share * through / Math.max(1, through + waiting);
        String left = done > 0.02 && done < 1 ? ", about " + Math.round(seconds / done - seconds) + " s left" : "";
        String line = "%s%,d done, %,d waiting, %,d/s%s %s".formatted(bar(done), through, waiting,
                Math.round(through / seconds), left, remark);
        out.print(terminal ? "\r\u001b[K" + line : line + System.lineSeparator());
        out.flush();
    }

    void end() {
        if (terminal) {
            out.println();
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
