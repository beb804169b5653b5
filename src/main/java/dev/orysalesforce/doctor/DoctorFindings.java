package dev.orysalesforce.doctor;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** What the doctor found in the running app when it last checked the set-up. */
@Component("doctorFindings")
public class DoctorFindings {

    private final Clock clock;
    private final Map<String, List<Map<String, String>>> bySide = new TreeMap<>();
    private Instant checkedAt;

    DoctorFindings(Clock clock) {
        this.clock = clock;
    }

    /** A check begins, whatever it finds. */
    public synchronized void begin() {
        checkedAt = clock.instant();
    }

    /**
     * @param side what was checked; its earlier findings are gone
     * @param findings each with severity, place, message and remedy
     */
    public synchronized void replace(String side, List<Map<String, String>> findings) {
        bySide.put(side, List.copyOf(findings));
    }

    /** When the last check began; null if there was none. */
    public synchronized Instant checkedAt() {
        return checkedAt;
    }

    /** The errors, a line each; warnings are left out. Null until a check has had an answer. */
    public synchronized List<String> errors() {
        return bySide.isEmpty() ? null : bySide.values().stream().flatMap(List::stream)
                .filter(finding -> "error".equals(finding.get("severity")))
                .map(finding -> finding.get("place") + ": " + finding.get("message") + " Fix: " + finding.get("remedy")).toList();
    }
}
