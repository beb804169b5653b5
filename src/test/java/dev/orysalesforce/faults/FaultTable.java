package dev.orysalesforce.faults;

/** Results as table rows; each with the numbers since the one before. */
final class FaultTable {

    private final StringBuilder lines = new StringBuilder("""
            | What went wrong | Thrown | Told | Accepted | Given up | 503 | Rows written | All there after | Threads | Heap |
            |---|---|---|---|---|---|---|---|---|---|
            """);
    private FaultResult before;
    private FaultResult last;
    private int verdicts;

    void add(String name, String thrown, FaultResult result) {
        before = last;
        last = result;
        verdicts++;
        String line = "| %s | %s | %d | %d | %d | %d | %d | %.1f s | %s |%n".formatted(name, thrown,
                since("offered") + since("mutated"), since("accepted") + since("mutated, accepted"), since("given up"),
                since("answered 503"), last.writes() - (before == null ? 0 : before.writes()), result.arrived().toMillis() / 1000.0,
                result.vitals() == null ? "|" : "%d | %.1f MB".formatted(result.vitals().threads(), result.vitals().heap() / 1024.0));
        lines.append(line);
        System.out.print(line);
    }

    private long since(String name) {
        return last.count(name) - (before == null ? 0 : before.count(name));
    }

    /** @param green whether the part was completed; a broken promise ends it before its row is written */
    String outcome(boolean green) {
        String judged = green ? "Green: %d verdicts, none found an event lost, a second record, an older state after a newer one "
                + "or counters out of balance.\n"
                : "**Red: ended after %d good verdicts. What broke it is not in the table, but in the "
                        + "test's report.**\n";
        return lines + "\n" + judged.formatted(verdicts) + (last == null ? "" : """

                In all: %d events of %d people told, and %d bodies with something wrong in them; %d and %d of them accepted, %d
                given up after three tries. %d rows written in %d calls, %d dead letters, all of bodies with something wrong in
                them.
                """.formatted(last.count("offered"), last.people(), last.count("mutated"), last.count("accepted"),
                last.count("mutated, accepted"), last.count("given up"), last.writes(), last.calls(), last.deadLetters()));
    }
}
