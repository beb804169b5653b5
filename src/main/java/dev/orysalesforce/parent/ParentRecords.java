package dev.orysalesforce.parent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.ledger.ParentLedger;
import dev.orysalesforce.parent.ParentKeys.Keys;
import dev.orysalesforce.parent.ParentLookup.Part;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.salesforce.SoqlLookup;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.Parent;
import dev.orysalesforce.sync.SyncItem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Finds the parents of records: first in the ledger, then in Salesforce, by the fields that the mapping names, in their order.
 * Portions and instances that need the same missing parent at the same moment agree by claims in the ledger on the one that
 * looks for it and creates it; so a parent is created once.
 */
@Component("parentRecords")
public class ParentRecords {

    /** How long items of a batch wait for a parent that another batch creates; then they are retried later. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    /** Salesforce allows 100,000 characters; the encoding of the call makes some of them three. */
    private static final int LONGEST_LIST = 30_000;
    private static final int QUERIES_IN_A_CALL = 5;
    private static final String NO_PERSONS = " AND " + Describe.IS_PERSON_ACCOUNT + " = false";
    private static final String FORMER = "SELECT Id, IsDeleted, MasterRecordId FROM %s WHERE Id IN (%s)";

    private final ParentKeys keys;
    private final ParentLedger ledger;
    private final ParentResults results;
    private final SoqlLookup lookup;
    private final Describe org;
    private final Duration claimFor;
    private final Duration longestPause;
    private final Clock clock;
    private final Clock monotonicClock;

    ParentRecords(ParentKeys keys, ParentLedger ledger, ParentResults results, SoqlLookup lookup, Describe org, SyncSettings settings,
            Clock clock, Clock monotonicClock) {
        this.keys = keys;
        this.ledger = ledger;
        this.results = results;
        this.lookup = lookup;
        this.org = org;
        this.claimFor = settings.writerLeaseTimeout();
        this.longestPause = settings.backOff().max();
        this.clock = clock;
        this.monotonicClock = monotonicClock;
    }

    /** Links items to parents that the ledger knows. */
    public void linkKnown(Batch batch) {
        link(requests(batch));
    }

    private List<ParentRequest> requests(Batch batch) {
        Map<String, ParentRequest> byKey = new LinkedHashMap<>();
        batch.items().stream().filter(SyncItem::isAwaitingParents).forEach(item -> item.getWantedParents().forEach(parent -> {
            if (item.isSentBefore()) {
                item.keepLink(parent); // of the version that the record holds, so it has this link, too
                return;
            }
            if (item.isOfOtherObject() && !org.has(item.getObject(), parent.field())) {
                item.dropLink(parent, null);
                return;
            }
            Keys its = keys.of(parent, item.getChange());
            if (its.usable().isEmpty() && its.isOpen()) {
                item.leaveUnlinked(parent, its.why());
                return;
            }
            if (its.usable().isEmpty()) {
                item.dropLink(parent, its.why());
                return;
            }
            byKey.computeIfAbsent(its.references().get(0), reference -> new ParentRequest()).add(item, parent, its);
        }));
        return List.copyOf(byKey.values());
    }

    private void link(List<ParentRequest> requests) {
        Map<String, ParentLedger.Entry> known = ledger.find(requests.stream().map(ParentRecords::reference).toList());
        requests.forEach(request -> {
            ParentLedger.Entry entry = known.get(reference(request));
            if (entry != null && entry.lost()) {
                request.hadId(entry.salesforceId());
            } else if (entry != null) {
                request.link(entry.salesforceId());
            }
        });
    }

    private static String reference(ParentRequest request) {
        return request.keys().references().get(0);
    }

    /** When items stop waiting for parents that another batch creates, by the monotonic clock. */
    public Instant deadline() {
        return monotonicClock.instant().plus(LONGEST_WAIT);
    }

    /**
     * The parents that this batch may look for and create now. Of those that another batch has claimed, it learns in a later
     * round; after the deadline their items are retried later.
     */
    public ParentRound claim(Batch batch, Instant deadline) {
        String holder = UUID.randomUUID().toString();
        List<ParentRequest> requests = requests(batch);
        link(requests);
        List<ParentRequest> open = requests.stream().filter(ParentRequest::isOpen).toList();
        List<ParentRequest> claimed = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (ParentRequest request : open) {
            List<String> references = request.keys().references();
            if (claimed.size() < Batch.CHUNK && Collections.disjoint(taken, references) && (!request.isToBeCreated()
                    || ledger.claim(request.parent().object(), references, holder, claimFor))) {
                claimed.add(request);
                taken.addAll(references);
            }
        }
        link(claimed); // the holder before may have created them between the look into the ledger and the claim
        if (claimed.isEmpty() && monotonicClock.instant().isAfter(deadline)) {
            Instant later = clock.instant().plus(longestPause);
            open.forEach(request -> request.items().forEach(item -> item.postpone(new RecordError("PARENT_IN_PROGRESS",
                    "Another batch is creating the " + request.parent().object() + " of this record; the app tries again soon.",
                    List.of(request.parent().field())), later)));
        }
        return new ParentRound(batch, claimed.stream().filter(ParentRequest::isOpen).toList(), holder);
    }

    /** The same for a preview, which writes nothing. */
    public ParentRound only(Batch batch) {
        List<ParentRequest> requests = requests(batch);
        link(requests);
        return new ParentRound(batch, requests.stream().filter(ParentRequest::isOpen).toList(), null);
    }

    /** The calls that look for the parents of a round: one query for each field that they are found by. */
    public List<ParentLookup> lookups(ParentRound round) {
        List<Part> parts = new ArrayList<>();
        byObject(round.open()).forEach((object, requests) -> {
            Set<String> fields = new TreeSet<>(String.CASE_INSENSITIVE_ORDER); // Salesforce rejects a field that is there twice
            requests.forEach(request -> request.keys().usable().forEach(key -> fields.add(key.field())));
            fields.forEach(field -> slices(requests, field).forEach(slice -> parts.add(new Part(SoqlLookup.query("key" + parts.size(),
                    "query", "SELECT Id, %s FROM %s WHERE %s IN (%s)%s".formatted(String.join(", ", fields), object, field,
                            SoqlLookup.list(slice.stream().flatMap(request -> spellings(request, field).stream()).distinct()),
                            org.isKnownToHave(object, Describe.IS_PERSON_ACCOUNT) ? NO_PERSONS : "")),
                    false, slice))));
            List<ParentRequest> former = requests.stream().filter(request -> request.formerId() != null).toList();
            if (!former.isEmpty()) {
                parts.add(new Part(SoqlLookup.query("former" + parts.size(), "queryAll",
                        FORMER.formatted(object, SoqlLookup.list(former.stream().map(ParentRequest::formerId)))), true, former));
            }
        });
        List<ParentLookup> calls = new ArrayList<>();
        for (int from = 0; from < parts.size(); from += QUERIES_IN_A_CALL) {
            calls.add(new ParentLookup(parts.subList(from, Math.min(from + QUERIES_IN_A_CALL, parts.size()))));
        }
        return calls;
    }

    private static Map<String, List<ParentRequest>> byObject(Collection<ParentRequest> requests) {
        return requests.stream().collect(Collectors.groupingBy(request -> request.parent().object(), LinkedHashMap::new,
                Collectors.toList()));
    }

    private static List<String> spellings(ParentRequest request, String field) {
        return request.keys().usable().stream().filter(key -> key.field().equalsIgnoreCase(field))
                .flatMap(key -> key.spellings().stream()).toList();
    }

    /** Requests that have a value for the field, as many as fit into a query. */
    private static List<List<ParentRequest>> slices(List<ParentRequest> requests, String field) {
        List<List<ParentRequest>> slices = new ArrayList<>();
        int length = LONGEST_LIST;
        for (ParentRequest request : requests) {
            int its = spellings(request, field).stream().mapToInt(text -> text.length() + 3).sum();
            if (its == 0) {
                continue;
            }
            if (length + its > LONGEST_LIST) {
                slices.add(new ArrayList<>());
                length = 0;
            }
            slices.get(slices.size() - 1).add(request);
            length += its;
        }
        return slices;
    }

    /** The body of a look-up. */
    public String query(ParentLookup call) {
        return lookup.compositeRequest(call.parts().stream().map(Part::query).toList());
    }

    /** Applies the answer to a look-up. If the user may not query the object, its items go on without the parent. */
    public void found(ParentLookup call, String answer) {
        for (Part part : call.parts()) {
            String reference = part.query().reference();
            RecordError error = lookup.setUpError(answer, reference);
            if (error == null && part.isOfFormer()) {
                lookup.records(answer, reference).forEach(record -> part.requests().forEach(request -> succeed(request, record)));
            } else if (error == null) {
                lookup.records(answer, reference).forEach(record -> part.requests().forEach(request -> request.hit(record)));
            } else if (!part.isOfFormer()) {
                part.requests().forEach(request -> request.leaveOut(results.leftOut(request, error)));
            }
        }
    }

    private static void succeed(ParentRequest request, JsonNode record) {
        if (record.path("Id").asText().equals(request.formerId())) {
            request.hasSuccessor(record.hasNonNull("MasterRecordId") ? record.path("MasterRecordId").asText()
                    : record.path("IsDeleted").asBoolean() ? null : request.formerId());
        }
    }

    /** Decides which record each parent is, once all look-ups of a round are answered. */
    public void decide(ParentRound round) {
        round.open().forEach(request -> {
            if (request.successor() != null) {
                take(round, request, request.keys().references(), request.successor());
                return;
            }
            List<String> asked = new ArrayList<>();
            for (ParentKey key : request.keys().usable()) {
                asked.add(key.reference());
                List<String> hits = request.hits(key);
                if (hits.size() == 1) {
                    take(round, request, asked, hits.get(0));
                    return;
                } else if (hits.size() > 1) {
                    request.leaveOut(several(request.parent(), key, hits));
                    return;
                }
            }
            if (!request.isToBeCreated()) {
                request.leaveOut(RecordError.of("PARENT_NOT_FOUND", request.parent().field() + " was left out: there is no "
                        + request.parent().object() + " for it, and the mapping does not let the app create one."));
            }
        });
    }

    /** In the plural of the object: {@code SEVERAL_ACCOUNTS}. */
    private static RecordError several(Parent parent, ParentKey key, List<String> hits) {
        return RecordError.of("SEVERAL_" + parent.object().toUpperCase(Locale.ROOT) + "S", parent.field() + " was left out: several "
                + parent.object() + " records have the same " + key.field() + ", so none is taken: " + String.join(", ", hits)
                + ". Merge them in Salesforce.");
    }

    private void take(ParentRound round, ParentRequest request, List<String> references, String salesforceId) {
        if (round.holder() != null) {
            ledger.save(request.parent().object(), references, salesforceId, results.hashes(salesforceId, request.keys().fields()));
        }
        request.link(salesforceId);
    }

    /** The calls that create the parents which were not found. */
    public List<ParentCall> creations(ParentRound round) {
        Map<String, List<ParentRequest>> byKind = round.open().stream().filter(ParentRequest::isToBeCreated)
                .collect(Collectors.groupingBy(request -> request.parent().object() + "." + externalId(request), LinkedHashMap::new,
                        Collectors.toList()));
        return byKind.values().stream().flatMap(requests -> results.calls(requests.get(0).parent().object(),
                externalId(requests.get(0)), requests.stream().map(results::creation).toList()).stream())
                .toList();
    }

    private static String externalId(ParentRequest request) {
        return request.keys().usable().stream().filter(key -> !key.isHost()).map(ParentKey::field).findFirst().orElse(null);
    }

    /** The calls that send changed fields to parents whose mapping says {@code update: true}. */
    public List<ParentCall> updates(Batch batch) {
        Map<String, ParentRequest> byId = new LinkedHashMap<>();
        batch.items().stream().filter(item -> item.isPending() || item.getOutcome() == SyncItem.Outcome.UNCHANGED)
                .forEach(item -> item.getLinks().values().stream().filter(link -> link.isLinked() && link.parent().update())
                        .forEach(link -> byId.computeIfAbsent(link.salesforceId(), id -> new ParentRequest())
                                .add(item, link.parent(), keys.of(link.parent(), item.getChange()))));
        Map<String, Map<String, String>> sent = ledger.sent(byId.keySet());
        Map<String, List<ParentCall.Row>> byObject = new LinkedHashMap<>();
        byId.forEach((id, request) -> {
            ParentCall.Row row = results.update(request, id, sent.getOrDefault(id, Map.of()));
            if (!row.fields().isEmpty()) {
                byObject.computeIfAbsent(request.parent().object(), object -> new ArrayList<>()).add(row);
            }
        });
        return byObject.entrySet().stream().flatMap(rows -> results.calls(rows.getKey(), null, rows.getValue()).stream()).toList();
    }

    /** Other batches may look for the parents that this round has claimed, unless a call that may have created them had no answer. */
    public void release(ParentRound round) {
        if (round.requests().stream().noneMatch(ParentRequest::isInDoubt)) {
            ledger.release(round.holder());
        }
    }
}
