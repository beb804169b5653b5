package dev.orysalesforce.check;

import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.SyncItem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** Counts the outcomes that batches would have if they were written. */
@Component("dryRunStatistics")
public class DryRunStatistics {

    /** What the sync would do with an identity. */
    public enum Plan { CREATE, ADOPT, UPDATE, LEAVE_ALONE, WAIT_FOR_VERIFICATION, REFUSED }

    /**
     * A reason why identities would be rejected.
     *
     * @param identities how many
     * @param example the ID of one of them
     */
    public record Reason(int identities, String example) {}

    private final RecordCheck check;
    private final Map<Plan, Integer> plans = new TreeMap<>();
    private final Map<String, Integer> created = new TreeMap<>();
    private final Map<String, Reason> reasons = new LinkedHashMap<>();
    private int looked;

    DryRunStatistics(RecordCheck check) {
        this.check = check;
    }

    /** @param batch processed as far as possible without writing */
    public void count(Batch batch) {
        for (SyncItem item : batch.items()) {
            List<RecordProblem> problems = item.isPending() ? check.problems(item) : List.of();
            Plan plan = problems.isEmpty() ? plan(item) : Plan.REFUSED;
            plans.merge(plan, 1, Integer::sum);
            looked += item.getKnown() == null ? 1 : 0;
            if (plan == Plan.CREATE) {
                created.merge(item.getObject(), 1, Integer::sum);
            } else if (plan == Plan.REFUSED) {
                String why = problems.isEmpty() ? item.getError().code() : problems.get(0).message();
                reasons.merge(why, new Reason(1, item.getIdentity()), (known, one) -> new Reason(known.identities() + 1, known.example()));
            }
        }
    }

    private static Plan plan(SyncItem item) {
        return switch (item.getOutcome()) {
            case PENDING -> !item.hasRecord() ? Plan.CREATE : item.getTarget().stamp() ? Plan.ADOPT : Plan.UPDATE;
            case DEAD_LETTER -> Plan.REFUSED;
            case SKIPPED -> item.getError() == null ? Plan.LEAVE_ALONE : Plan.WAIT_FOR_VERIFICATION;
            default -> Plan.LEAVE_ALONE;
        };
    }

    public int of(Plan plan) {
        return plans.getOrDefault(plan, 0);
    }

    /** Reason to the number of identities; quotes no value. */
    public Map<String, Reason> reasons() {
        return reasons;
    }

    /** Calls to Salesforce, if batches are full: look-ups for 400 identities each, writes for 200. */
    public int calls() {
        return calls(looked, Batch.LOOKUP) + calls(of(Plan.ADOPT), Batch.LOOKUP) + writes();
    }

    /** The write calls among them. */
    public int writes() {
        return created.values().stream().mapToInt(many -> calls(many, Batch.CHUNK)).sum()
                + calls(of(Plan.ADOPT) + of(Plan.UPDATE), Batch.CHUNK);
    }

    private static int calls(int rows, int size) {
        return (rows + size - 1) / size;
    }
}
