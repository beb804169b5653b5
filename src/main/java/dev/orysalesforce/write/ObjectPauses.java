package dev.orysalesforce.write;

import dev.orysalesforce.ledger.Activity;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.settings.Degraded;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.SyncItem;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Objects whose records Salesforce refuses for a reason that concerns all of them, e.g. a lost permission. Their items wait,
 * without an attempt being counted, and one call tries again after each pause; the records of other objects go on.
 */
@Component("objectPauses")
public class ObjectPauses implements HealthIndicator {

    private static final Logger LOG = LoggerFactory.getLogger(ObjectPauses.class);

    /** So many different records in succession with the same error, and none without: the org is the cause then, not the records. */
    private static final int SUCCESSION = 200;

    private final SyncSettings.BackOff backOff;
    private final Clock clock;
    private final MeterRegistry meters;
    private final Activity activity;
    private final Map<String, Pause> pauses = new TreeMap<>();
    private final Map<String, Streak> streaks = new HashMap<>();
    /** The activity may tell of a pause of the process before this one. */
    private final Set<String> taken = new HashSet<>();

    private record Pause(RecordError why, Instant since, Instant until, int tries) {}

    /**
     * A pause that has not ended.
     *
     * @param object its name in Salesforce, e.g. Lead
     * @param code of the error
     * @param reason what happened, without a value of an identity
     */
    public record Current(String object, String code, String reason, Instant since) {}

    private record Streak(String code, Set<String> identities) {}

    ObjectPauses(SyncSettings settings, Clock clock, MeterRegistry meters, Activity activity) {
        this.backOff = settings.backOff();
        this.clock = clock;
        this.meters = meters;
        this.activity = activity;
    }

    /** Items of a paused object wait for the end of the pause. Then the first of them go ahead, as many as fit into a call. */
    public synchronized void postpone(Batch batch) {
        if (pauses.isEmpty()) {
            return;
        }
        Map<String, Integer> ahead = new HashMap<>();
        for (SyncItem item : batch.getPending()) {
            String object = item.getObject();
            Pause pause = pauses.get(object);
            if (pause == null) {
                continue;
            }
            if (!ahead.containsKey(object)) {
                boolean isOver = !pause.until().isAfter(clock.instant());
                ahead.put(object, isOver ? Batch.CHUNK : 0);
                if (isOver) {
                    pauses.put(object, longer(pause)); // before the answer, so that other portions wait for it
                }
            }
            if (ahead.merge(object, -1, Integer::sum) < 0) {
                item.postpone(pause.why(), pauses.get(object).until());
            }
        }
    }

    /** Salesforce refuses all records of the object; the item waits. */
    synchronized void pause(SyncItem item, RecordError why) {
        String object = item.getObject();
        Pause pause = pauses.get(object);
        if (pause == null) {
            LOG.warn("Delivery of {} paused: {}: {}", object, why.code(), why.message());
            pause = new Pause(why, clock.instant(), clock.instant().plus(backOff.pauseAfter(1)), 1);
            pauses.put(object, pause);
            activity.paused(object, why.code());
            Tags tags = Tags.of("object", object, "code", why.code());
            if (meters.find("ory.sync.object.paused").tags(tags).gauge() == null) {
                meters.gauge("ory.sync.object.paused", tags, this, pausing -> pausing.isPaused(object, why.code()) ? 1 : 0);
            }
        }
        item.postpone(why, pause.until());
    }

    /** Whether records of the object wait because of an error of this code. */
    synchronized boolean isPaused(String object, String code) {
        Pause pause = pauses.get(object);
        return pause != null && pause.why().code().equals(code);
    }

    private Pause longer(Pause pause) {
        int tries = pause.tries() + 1;
        return new Pause(pause.why(), pause.since(), clock.instant().plus(backOff.pauseAfter(tries)), tries);
    }

    /** Salesforce has taken a record of the object. */
    synchronized void took(String object) {
        streaks.remove(object);
        Pause ended = pauses.remove(object);
        if (taken.add(object) || ended != null) {
            activity.resumed(object);
        }
        if (ended != null) {
            LOG.info("Delivery of {} resumed after {} s ({})", object, Duration.between(ended.since(), clock.instant()).toSeconds(),
                    ended.why().code());
        }
    }

    /** Whether an error that usually passes has met so many records in succession that it concerns all of the object. */
    synchronized boolean concernsAll(SyncItem item, RecordError why) {
        Streak streak = streaks.get(item.getObject());
        if (streak == null || !streak.code().equals(why.code())) {
            streak = new Streak(why.code(), new HashSet<>());
            streaks.put(item.getObject(), streak);
        }
        if (streak.identities().size() < SUCCESSION) {
            streak.identities().add(item.getIdentity());
        }
        return streak.identities().size() >= SUCCESSION;
    }

    public synchronized List<Current> current() {
        return pauses.entrySet().stream()
                .map(pause -> new Current(pause.getKey(), pause.getValue().why().code(), pause.getValue().why().message(),
                        pause.getValue().since()))
                .toList();
    }

    @Override
    public synchronized Health health() {
        Health.Builder health = pauses.isEmpty() ? Health.up() : Health.status(Degraded.STATUS);
        pauses.forEach((object, pause) -> health.withDetail(object, Map.of("code", pause.why().code(),
                "reason", pause.why().message(), "since", pause.since().toString())));
        return health.build();
    }
}
