package dev.orysalesforce.faults;

/** Verdicts, one below the other; each with what came in since the one before. */
final class Table {

    private final StringBuilder lines = new StringBuilder("""
            | What went wrong | Thrown | Told | Accepted | Given up | 503 | Rows written | All there after | Threads | Heap |
            |---|---|---|---|---|---|---|---|---|---|
            """);
    private Verdict before;
    private Verdict last;

    void add(String name, String thrown, Verdict verdict) {
        before = last;
        last = verdict;
        String line = "| %s | %s | %d | %d | %d | %d | %d | %.1f s | %s |%n".formatted(name, thrown,
                since("offered") + since("mutated"), since("accepted") + since("mutated, accepted"), since("given up"),
                since("answered 503"), last.writes() - (before == null ? 0 : before.writes()), verdict.arrived().toMillis() / 1000.0,
                verdict.vitals() == null ? "|" : "%d | %.1f MB".formatted(verdict.vitals().threads(), verdict.vitals().heap() / 1024.0));
        lines.append(line);
        System.out.print(line);
    }

    private long since(String name) {
        return last.count(name) - (before == null ? 0 : before.count(name));
    }

    @Override
    public String toString() {
        return last == null ? lines + "\n" : lines + """

                In all: %d events of %d people told, and %d bodies with something wrong in them; %d and %d of them accepted, %d
                given up after three tries. %d rows written in %d calls, %d dead letters, all of bodies with something wrong in
                them. Lost: 0. Second records: 0. Writes out of order: 0. Books out of balance: 0.
                """.formatted(last.count("offered"), last.people(), last.count("mutated"), last.count("accepted"),
                last.count("mutated, accepted"), last.count("given up"), last.writes(), last.calls(), last.deadLetters());
    }
}
