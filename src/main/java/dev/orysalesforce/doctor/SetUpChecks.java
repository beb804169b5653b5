package dev.orysalesforce.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.settings.RouteNames;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.ProducerTemplate;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** The doctor's last reports, of the check after the start and of those that an operator asks for. */
@Component("setUpChecks")
public class SetUpChecks {

    private static final List<String> SIDES = List.of("Salesforce", "Ory");

    private final Doctor doctor;
    private final ProducerTemplate camel;
    private final ObjectMapper json;
    private final Clock clock;
    private final Map<String, Checked> last = new ConcurrentHashMap<>();
    private final ReentrantLock running = new ReentrantLock();

    SetUpChecks(Doctor doctor, @Lazy ProducerTemplate camel, ObjectMapper json, Clock clock) {
        this.doctor = doctor;
        this.camel = camel;
        this.json = json;
        this.clock = clock;
    }

    /** A report and its time. */
    public record Checked(Instant at, SetUpReport report) {}

    /**
     * Checks Salesforce and Ory now. Nothing is written to either.
     *
     * @return false if another check is running
     */
    public boolean run() {
        if (!running.tryLock()) {
            return false;
        }
        try {
            camel.requestBody(RouteNames.DOCTOR_ORY, doctor.circumstances());
            camel.requestBody(RouteNames.DOCTOR_SALESFORCE, (Object) null);
            return true;
        } finally {
            running.unlock();
        }
    }

    /** @param side Salesforce or Ory */
    public void remember(String side, String report) throws JsonProcessingException {
        last.put(side, new Checked(clock.instant(), json.readValue(report, SetUpReport.class)));
    }

    /** The last report of each side that has been checked since the start. */
    public Map<String, Checked> last() {
        Map<String, Checked> sides = new LinkedHashMap<>();
        SIDES.stream().filter(last::containsKey).forEach(side -> sides.put(side, last.get(side)));
        return sides;
    }
}
