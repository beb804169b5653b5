package dev.orysalesforce.write;

import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.Chunk;
import dev.orysalesforce.sync.SyncItem;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * How many records a call may have. Triggers and flows of an org process the records of a call together and have limits, so
 * an org may take ten records where it refuses all of two hundred. The size that works is remembered for new and for known
 * records of each object, until the app ends, and tried at double the size once in a hundred calls.
 *
 * <p>A call that times out is an outage at first. When the same records are sent again, one of them goes ahead in a call of its
 * own: if that call is answered and the other one times out again, the call is too large.
 */
@Component("callSizes")
public class CallSizes {

    private static final int CALLS_BEFORE_A_TRIAL = 100;

    private final int largest;
    private final MeterRegistry meters;
    private final Map<Kind, Size> sizes = new TreeMap<>();
    private final Map<Kind, TimeOut> timeOuts = new TreeMap<>();

    private record Kind(String object, boolean isNew) implements Comparable<Kind> {

        static Kind of(SyncItem item, Chunk chunk) {
            return new Kind(item.getObject(), chunk.isNew());
        }

        @Override
        public int compareTo(Kind other) {
            return toString().compareTo(other.toString());
        }

        /** For operators. */
        @Override
        public String toString() {
            return object + (isNew ? " (new)" : " (known)");
        }
    }

    private static final class Size {

        private int rows;
        /** The largest call that has worked. */
        private int proved;
        private int failed;
        private int doubts;
        private int calls;
    }

    /** A call that has timed out, and whether a smaller one was answered since. */
    private static final class TimeOut {

        private final Set<String> identities;
        private boolean smallerAnswered;

        private TimeOut(Set<String> identities) {
            this.identities = identities;
        }
    }

    CallSizes(SyncSettings settings, MeterRegistry meters) {
        this.largest = settings.chunkSize();
        this.meters = meters;
    }

    /** The calls to make for a batch. */
    public synchronized List<Chunk> chunks(Batch batch) {
        return batch.chunks(largest, (object, isNew) -> {
            Size size = sizes.get(new Kind(object, isNew));
            return size == null ? largest : size.rows;
        }, this::first);
    }

    /** One record after a time-out; twice as many as usual if a trial is due. */
    private int first(String object, boolean isNew) {
        Kind kind = new Kind(object, isNew);
        if (timeOuts.containsKey(kind)) {
            return 1;
        }
        Size size = sizes.get(kind);
        if (size == null || size.calls < CALLS_BEFORE_A_TRIAL) {
            return 0;
        }
        size.calls = 0;
        return Math.min(largest, 2 * size.rows);
    }

    /** No record of the chunk was refused because of the others in it. */
    synchronized void fits(Chunk chunk) {
        rows(chunk.getItems(), chunk).forEach((kind, rows) -> {
            TimeOut timeOut = timeOuts.get(kind);
            if (timeOut != null && rows == 1) {
                timeOut.smallerAnswered = true;
            } else {
                timeOuts.remove(kind); // it was an outage
            }
            Size size = sizes.get(kind);
            if (size == null) {
                return;
            }
            size.proved = Math.max(size.proved, rows);
            if (rows >= size.failed) {
                size.doubts = 0;
            }
            if (rows > size.rows) {
                size.rows = rows;
                size.calls = 0;
            } else if (rows == size.rows) {
                size.calls++;
            }
            if (size.rows >= largest) {
                sizes.remove(kind);
            }
        });
    }

    /**
     * The org's automation has refused records of the chunk because there were too many. If as many have worked before, one
     * of the records may be the cause; so it has to fail twice.
     */
    synchronized void isTooLarge(Chunk chunk, List<SyncItem> refused) {
        Map<Kind, Integer> all = rows(chunk.getItems(), chunk);
        rows(refused, chunk).keySet().forEach(kind -> {
            int rows = all.get(kind);
            Size size = sizes.computeIfAbsent(kind, this::sizeOf);
            size.failed = rows;
            size.calls = 0;
            if (rows <= size.proved && ++size.doubts < 2) {
                return;
            }
            size.proved = Math.min(size.proved, rows / 2);
            size.rows = Math.max(1, Math.min(size.rows, Math.max(rows / 2, size.proved)));
        });
    }

    /** Salesforce, or something in between, did not answer in time. */
    synchronized void timedOut(Chunk chunk) {
        rows(chunk.getItems(), chunk).forEach((kind, rows) -> {
            if (rows > of(kind) || rows == 1 || chunk.isDeletion()) {
                return; // a trial that has failed; or nothing can be smaller; or automation is not the cause
            }
            Set<String> identities = chunk.getItems().stream().map(SyncItem::getIdentity).collect(Collectors.toSet());
            TimeOut before = timeOuts.get(kind);
            if (before == null) {
                timeOuts.put(kind, new TimeOut(identities));
            } else if (before.smallerAnswered && before.identities.containsAll(identities)) {
                timeOuts.remove(kind);
                Size size = sizes.computeIfAbsent(kind, this::sizeOf);
                size.rows = rows / 2;
                size.calls = 0;
            }
        });
    }

    private Size sizeOf(Kind kind) {
        if (meters.find("ory.sync.call.size").tags("object", kind.object(), "records", kind.isNew() ? "new" : "known").gauge() == null) {
            meters.gauge("ory.sync.call.size", Tags.of("object", kind.object(), "records", kind.isNew() ? "new" : "known"), this,
                    known -> known.of(kind));
        }
        Size size = new Size();
        size.rows = largest;
        return size;
    }

    private static Map<Kind, Integer> rows(List<SyncItem> items, Chunk chunk) {
        return items.stream().collect(Collectors.toMap(item -> Kind.of(item, chunk), item -> 1, Integer::sum, TreeMap::new));
    }

    private synchronized int of(Kind kind) {
        Size size = sizes.get(kind);
        return size == null ? largest : size.rows;
    }

    /** The sizes that are smaller than {@code sync.chunk-size}, e.g. {@code "Lead (new)": 50}. */
    public synchronized Map<String, Integer> reduced() {
        return sizes.entrySet().stream().collect(Collectors.toMap(size -> size.getKey().toString(), size -> size.getValue().rows,
                Math::min, TreeMap::new));
    }
}
