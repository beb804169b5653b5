package dev.orysalesforce.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Every call that arrived, those that a fault swallowed included. Thread safe. */
public final class CallLog {
    private final Deque<Call> answered = new ArrayDeque<>();
    private final Map<Long, Flight> inFlight = new LinkedHashMap<>();
    private final Map<String, Flight> writing = new HashMap<>();
    private final Map<CallKind, Integer> mostAtOnce = new EnumMap<>(CallKind.class);
    private final List<Violation> violations = new ArrayList<>();
    private long numbers;
    private int mostOfAll;
    private int limit = 100_000;
    private boolean keepBodies;

    /** How many calls are kept before the oldest are forgotten; 100,000 unless set. */
    public synchronized void keepAtMost(int limit) {
        this.limit = limit;
    }

    /** Keeps request bodies, too; they are dropped unless a test wants them. */
    public synchronized void keepBodies(boolean keep) {
        keepBodies = keep;
    }

    /** Every answered call still kept, in the order of arrival. */
    public synchronized List<Call> all() {
        return answered.stream().sorted(Comparator.comparingLong(Call::number)).toList();
    }

    /** The answered calls of these kinds, in the order of arrival. */
    public List<Call> of(CallKind... kinds) {
        Set<CallKind> wanted = Set.of(kinds);
        return where(call -> wanted.contains(call.kind()));
    }

    /** The answered calls which a predicate picks, in the order of arrival. */
    public List<Call> where(Predicate<Call> wanted) {
        return all().stream().filter(wanted).toList();
    }

    /** The answered calls which arrived later than the call of this number. */
    public List<Call> after(long number) {
        return where(call -> call.number() > number);
    }

    /** Number of the newest call, 0 before the first; also the count of all calls. */
    public synchronized long count() {
        return numbers;
    }

    /** Calls that have not been answered yet. */
    public synchronized int inFlight() {
        return inFlight.size();
    }

    /** Most calls of a kind that were ever in flight at a time. */
    public synchronized int mostAtOnce(CallKind kind) {
        return mostAtOnce.getOrDefault(kind, 0);
    }

    /** Most calls of any kind that were ever in flight at a time. */
    public synchronized int mostAtOnce() {
        return mostOfAll;
    }

    /**
     * What clients must never do. A call that a fault hangs or resets no longer counts as in flight; one that is merely
     * slow does, even if its caller gave up, because it will still write.
     */
    public synchronized List<Violation> violations() {
        return List.copyOf(violations);
    }

    synchronized Flight start(CallKind kind, ApiRequest request) {
        Flight flight = new Flight(++numbers, kind, request);
        inFlight.put(flight.number, flight);
        mostOfAll = Math.max(mostOfAll, inFlight.size());
        int now = (int) inFlight.values().stream().filter(other -> other.kind == kind).count();
        mostAtOnce.merge(kind, now, Math::max);
        return flight;
    }

    synchronized int inFlightLongerThan(Duration time) {
        Instant before = Instant.now().minus(time);
        return (int) inFlight.values().stream()
                .filter(flight -> flight.kind.isData() && flight.at.isBefore(before)).count();
    }

    synchronized void clear() {
        answered.clear();
        violations.clear();
        mostAtOnce.clear();
        mostOfAll = 0;
        numbers = 0;
    }

    /** A call that is being worked on. */
    final class Flight {
        private final long number;
        private final CallKind kind;
        private final Instant at = Instant.now();
        private final ApiRequest request;
        private int rows;
        private List<String> identities = List.of();

        private Flight(long number, CallKind kind, ApiRequest request) {
            this.number = number;
            this.kind = kind;
            this.request = request;
        }

        long number() {
            return number;
        }

        void carries(int rows, List<String> identities) {
            synchronized (CallLog.this) {
                this.rows = rows;
                this.identities = identities;
                Set<String> seen = new HashSet<>();
                for (String identity : identities) {
                    if (!seen.add(identity)) {
                        violations.add(new Violation(Violation.Kind.TWICE_IN_ONE_CALL, identity, number, number));
                        continue;
                    }
                    Flight other = writing.putIfAbsent(identity, this);
                    if (other != null) {
                        violations.add(new Violation(Violation.Kind.IN_TWO_CALLS_AT_ONCE, identity, number,
                                other.number));
                    }
                }
            }
        }

        /** From here on this call writes nothing more, however long its answer takes. */
        void doneWriting() {
            synchronized (CallLog.this) {
                for (String identity : identities) {
                    writing.remove(identity, this);
                }
            }
        }

        void answered(int status, String fault) {
            doneWriting();
            synchronized (CallLog.this) {
                if (inFlight.remove(number, this)) {
                    Map<String, String> headers = new HashMap<>(request.headers());
                    headers.remove("authorization");
                    headers.remove("x-sfdc-session");
                    answered.addLast(new Call(number, at, request.method(), request.target(), kind, headers, status,
                            rows, Duration.between(at, Instant.now()), identities, fault,
                            keepBodies ? request.bodyText() : null));
                    if (answered.size() > limit) {
                        answered.removeFirst();
                    }
                }
            }
        }
    }
}
