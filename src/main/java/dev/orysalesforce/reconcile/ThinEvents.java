package dev.orysalesforce.reconcile;

import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.Mappings;
import dev.orysalesforce.sync.SyncItem;
import dev.orysalesforce.sync.TraitsLimit;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Header;
import org.apache.camel.Headers;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Events that hold nothing of the person but the identity's ID. Ory's Admin API tells the newest state. An identity that it
 * does not know may not be stored yet.
 *
 * @see <a href="https://www.ory.sh/docs/kratos/reference/api#tag/identity/operation/listIdentities">List identities</a>
 */
@Component("thinEvents")
public class ThinEvents {

    private static final Logger LOG = LoggerFactory.getLogger(ThinEvents.class);

    /** They change no trait. */
    private static final Set<String> CHANGES_NOTHING = Set.of("login", "verification", "recovery");
    private static final Duration UNKNOWN_FOR = Duration.ofMinutes(10);
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    /** How long Ory is not asked again. */
    private record Pause(RecordError why, Instant until) {}

    private final OryAdmin ory;
    private final Mappings mappings;
    private final TraitsLimit limit;
    private final Clock clock;
    private volatile Pause pause = new Pause(null, Instant.MIN);

    ThinEvents(OryAdmin ory, Mappings mappings, SyncSettings settings, Clock clock) {
        this.limit = new TraitsLimit(settings);
        this.ory = ory;
        this.mappings = mappings;
        this.clock = clock;
    }

    /** The items to ask Ory about: one call for each list. While Ory can't be asked, they wait, and no call is made for them. */
    public List<List<SyncItem>> toAsk(Batch batch) {
        Pause now = pause;
        if (clock.instant().isBefore(now.until())) {
            thin(batch).forEach(item -> item.postpone(now.why(), now.until()));
        }
        return ory.isSet() ? Batch.slices(thin(batch), Reconcile.IDS) : List.of();
    }

    /**
     * New identities whose event leaves something open: whether the ID is one of Ory's, or which addresses are verified.
     */
    public List<List<SyncItem>> toConfirm(Batch batch) {
        return ory.isSet() ? Batch.slices(batch.getPending().stream().filter(item -> item.getKnown() == null)
                .filter(ThinEvents::leavesOpen).toList(), Reconcile.IDS) : List.of();
    }

    private static boolean leavesOpen(SyncItem item) {
        IdentityChange change = item.getChange();
        return change.isState() && !change.event().equals(IdentityChange.RECONCILE)
                && (change.isUnconfirmed() || !change.hasAddresses());
    }

    /** Items continue with what Ory told; one with an ID that Ory does not know, only if its name says that it is the identity's. */
    public void confirmed(@ExchangeProperty("items") List<SyncItem> items, @Header("CamelHttpResponseCode") int status,
            @Headers Map<String, Object> headers, @Body byte[] body) {
        completed(items, status, headers, body).stream().filter(item -> item.getChange().isUnconfirmed()).forEach(this::unknown);
    }

    /** Without Ory only items whose ID may be of another system wait. */
    public void notConfirmed(@ExchangeProperty("items") List<SyncItem> items, Exception failure) {
        List<SyncItem> open = items.stream().filter(item -> item.getChange().isUnconfirmed()).toList();
        if (!open.isEmpty()) {
            failed(open, failure);
        }
    }

    /**
     * The query string of the call.
     *
     * @throws RetryLaterException if a call before this one has failed
     */
    public String query(List<SyncItem> items) {
        Pause now = pause;
        if (clock.instant().isBefore(now.until())) {
            throw new RetryLaterException(now.why().message(), Duration.between(clock.instant(), now.until()));
        }
        return "page_size=" + Reconcile.IDS + items.stream().map(item -> "&ids=" + item.getIdentity()).collect(Collectors.joining());
    }

    /** Each item continues with what Ory told. */
    public void answered(@ExchangeProperty("items") List<SyncItem> items, @Header("CamelHttpResponseCode") int status,
            @Headers Map<String, Object> headers, @Body byte[] body) {
        completed(items, status, headers, body).forEach(this::unknown);
    }

    /** @return the items that Ory does not know */
    private List<SyncItem> completed(List<SyncItem> items, int status, Map<String, Object> headers, byte[] body) {
        Map<String, IdentityChange> listed = ory.read(status, headers, body).identities();
        List<SyncItem> unknown = new ArrayList<>();
        for (SyncItem item : items) {
            IdentityChange state = listed.get(item.getIdentity());
            if (state != null && state.isState()) {
                item.complete(state, mappings.of(state));
                limit.apply(item);
            } else {
                unknown.add(item);
            }
        }
        return unknown;
    }

    private void unknown(SyncItem item) {
        RecordError why = RecordError.of("UNKNOWN_AT_ORY", "Ory's Admin API does not know the ID of this event. The identity may"
                + " have been deleted, the ID may be another system's, or ORY_ADMIN_URL leads to another project.");
        Instant received = item.getChange().receivedAt();
        if (received.plus(UNKNOWN_FOR).isBefore(clock.instant())) {
            item.skipped(why.code(), why.message());
        } else {
            item.postpone(why, again(received));
        }
    }

    /** Ory can't be asked; the items wait, and the others continue. */
    public void failed(@ExchangeProperty("items") List<SyncItem> items, Exception failure) {
        RetryLaterException later = ObjectHelper.getException(RetryLaterException.class, failure);
        RunFailedException end = ObjectHelper.getException(RunFailedException.class, failure);
        String reason = later != null ? later.getMessage() : end != null ? end.getMessage()
                : "Ory's Admin API can't be reached. Check ORY_ADMIN_URL and the network.";
        LOG.warn("{} events with nothing but an ID wait: {}", items.size(), reason);
        Instant oldest = items.stream().map(item -> item.getChange().receivedAt()).min(Instant::compareTo).orElseThrow();
        Instant again = later != null && later.pause() != null ? clock.instant().plus(later.pause()) : again(oldest);
        pause = new Pause(RecordError.of("ORY_UNAVAILABLE", reason), again);
        items.forEach(item -> item.postpone(pause.why(), again));
    }

    /** The pauses grow with the age of the event. */
    private Instant again(Instant received) {
        Duration age = Duration.between(received, clock.instant());
        Duration pause = age.compareTo(SHORTEST) < 0 ? SHORTEST : age.compareTo(LONGEST) > 0 ? LONGEST : age;
        return clock.instant().plus(pause);
    }

    /** Without an Admin API, an event that changes nothing is done if the identity is known. */
    public void withoutOry(Batch batch) {
        thin(batch).forEach(item -> {
            if (item.hasRecord() && CHANGES_NOTHING.contains(item.getChange().event())) {
                item.unchanged(item.getKnown().version());
            } else {
                item.deadLetter(RecordError.of("ADMIN_URL_NEEDED", "The event holds only the ID of the identity. Set ORY_ADMIN_URL,"
                        + " so that the app can ask Ory for the rest, and replay it; or let the template of the hook send the"
                        + " traits."));
            }
        });
    }

    private static List<SyncItem> thin(Batch batch) {
        return batch.getPending().stream().filter(item -> item.getChange().isThin()).toList();
    }
}
