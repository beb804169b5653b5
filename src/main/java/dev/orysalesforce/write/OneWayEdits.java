package dev.orysalesforce.write;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.ledger.OneWayLedger;
import dev.orysalesforce.ledger.OneWayLedger.State;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.receive.BadRequestException;
import dev.orysalesforce.salesforce.PersonObject;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.settings.Degraded;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.ConfirmedMappings;
import dev.orysalesforce.sync.MappingSet;
import dev.orysalesforce.sync.SyncItem;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Edits of mappings that set one-way fields, such as opt-outs. What an edit sets is told from what an identity says by the
 * mappings that were confirmed last: the same event goes through both. An edit that would set a field in too many records waits
 * until an operator confirms it: for the other identities the field is left out. The ledger keeps what an edit has set, so that
 * it can be taken back.
 */
@Component("oneWayEdits")
public class OneWayEdits implements HealthIndicator {

    private static final Logger LOG = LoggerFactory.getLogger(OneWayEdits.class);
    private static final String CODE = "EDIT_NOT_CONFIRMED";

    private final ConfirmedMappings confirmed;
    private final OneWayLedger edits;
    private final Ledger ledger;
    private final OneWay oneWay;
    private final ObjectMapper json;
    private final SyncSettings.OneWayEdit settings;
    private final Clock clock;
    private volatile Held held;
    private MappingSet edition;
    private long counted;
    /** Null until it is needed: counting a large ledger takes a while. */
    private Long limit;
    /** Identities that went ahead since the edit, and that the count does not have. */
    private final Set<String> ahead = new HashSet<>();

    /**
     * An item whose record has one-way values that the confirmed mapping is asked for.
     *
     * @param fields those that the record has
     * @param mapping the confirmed mapping
     * @param reference the mappings that it is one of
     * @param known what the ledger knows of the identity's fields
     * @param said gets the fields that the confirmed mapping answers, too
     */
    public record Check(SyncItem item, Set<String> fields, Mapping mapping, String reference, Map<String, OneWayLedger.Entry> known,
            Set<String> said) {

        /** What only the edit says. */
        Set<String> edited() {
            Set<String> edited = new TreeSet<>(fields);
            edited.removeAll(said);
            return edited;
        }

        String label() {
            return item.getMapping().wholeLabel();
        }

        /** What the identity says itself, although an edit was thought to have set it. A later reference may hold this very edit. */
        Set<String> wished() {
            return known.values().stream().filter(entry -> fields.contains(entry.field()) && said.contains(entry.field()))
                    .filter(entry -> entry.reference().equals(reference)).map(OneWayLedger.Entry::field).collect(Collectors.toSet());
        }

        boolean isKnownAsSet(String field) {
            return known.containsKey(field) && known.get(field).state() == State.SET;
        }

        /** Whether it has gone ahead before, and only tries again. */
        boolean isTriedAgain(String field) {
            return isKnownAsSet(field) && !known.get(field).confirmed() && known.get(field).mapping().equals(label());
        }

        OneWayLedger.Entry entry(String field, State state, Instant at, boolean confirmed) {
            return new OneWayLedger.Entry(item.getIdentity(), field, label(), reference, state, at, confirmed, false);
        }
    }

    /**
     * An edit that waits for its confirmation.
     *
     * @param edition the mappings with the edit
     * @param fields that it would set
     * @param reason what happened and what the operator can do
     */
    public record Held(MappingSet edition, Instant since, Set<String> fields, String reason) {}

    OneWayEdits(ConfirmedMappings confirmed, OneWayLedger edits, Ledger ledger, OneWay oneWay, ObjectMapper json, SyncSettings settings,
            MeterRegistry meters, Clock clock) {
        this.confirmed = confirmed;
        this.edits = edits;
        this.ledger = ledger;
        this.oneWay = oneWay;
        this.json = json;
        this.settings = settings.oneWayEdit();
        this.clock = clock;
        meters.gauge("ory.sync.edit.held", this, edit -> edit.held() == null ? 0 : 1);
    }

    /**
     * The items of a batch whose one-way values may come from an edit, each once for a record. Also decides which fields an
     * operator's request takes back.
     *
     * @throws DataAccessException if the ledger does not answer
     */
    public List<Check> checks(Batch batch) {
        if (batch.isOnlyShown()) {
            return List.of();
        }
        List<SyncItem> items = batch.items().stream().filter(OneWayEdits::isMapped).filter(item -> !item.isChecked()).toList();
        Map<String, Map<String, OneWayLedger.Entry>> known = known(items);
        items.stream().filter(item -> item.isPending() && item.getChange().isComplete())
                .forEach(item -> noLongerSaid(item, known.getOrDefault(item.getIdentity(), Map.of())));
        return toAsk(items, known);
    }

    /** The same for events that a newer one has replaced, of which only withdrawals are used. */
    public List<Check> checksOfOthers(Batch others) {
        if (others.isOnlyShown()) {
            return List.of();
        }
        List<SyncItem> items = others.getPending().stream().filter(OneWayEdits::isMapped).toList();
        return toAsk(items, known(items));
    }

    private static boolean isMapped(SyncItem item) {
        return item.getIdentity() != null && item.getRecord() != null && !item.isErasure() && !item.isGone() && !item.isLate();
    }

    private Map<String, Map<String, OneWayLedger.Entry>> known(List<SyncItem> items) {
        Map<String, Map<String, OneWayLedger.Entry>> known = new HashMap<>();
        edits.find(items.stream().map(SyncItem::getIdentity).collect(Collectors.toSet())).forEach((identity, entries) -> known
                .put(identity, entries.stream().collect(Collectors.toMap(OneWayLedger.Entry::field, entry -> entry))));
        return known;
    }

    /** If the same mapping no longer says a field, then the identity has changed, and has said it before. */
    private void noLongerSaid(SyncItem item, Map<String, OneWayLedger.Entry> known) {
        Set<String> said = known.isEmpty() ? Set.of() : oneWay.said(item);
        known.values().stream().filter(entry -> !said.contains(entry.field())).forEach(entry -> {
            boolean isSame = entry.mapping().equals(item.getMapping().wholeLabel());
            if (entry.state() == State.HELD) {
                edits.forget(Map.of(item.getIdentity(), Set.of(entry.field())));
            } else if (isSame && entry.state() == State.SET && oneWay.isHeard(item, entry.field())) {
                edits.save(List.of(new OneWayLedger.Entry(item.getIdentity(), entry.field(), entry.mapping(), entry.reference(),
                        State.OVER, entry.at(), entry.confirmed(), false)));
            } else if (!isSame && entry.requested()) {
                oneWay.nameIn(item, entry.field()).ifPresent(name -> item.takeBack(entry.field(), name));
            }
        });
    }

    private List<Check> toAsk(List<SyncItem> items, Map<String, Map<String, OneWayLedger.Entry>> known) {
        boolean hasReference = confirmed.hasReference();
        Map<String, Set<String>> wished = new HashMap<>();
        List<Check> checks = new ArrayList<>();
        for (SyncItem item : items) {
            Map<String, OneWayLedger.Entry> entries = known.getOrDefault(item.getIdentity(), Map.of());
            Set<String> said = oneWay.said(item);
            said.removeIf(field -> !entries.containsKey(field) && !oneWay.isNew(item, field));
            Set<String> given = new TreeSet<>(said);
            given.retainAll(item.getDraft().prebuilt()); // an Action has sent it, and no mapping
            said.removeAll(given);
            given.retainAll(entries.keySet());
            if (!given.isEmpty()) {
                wished.put(item.getIdentity(), given);
            }
            Mapping reference = said.isEmpty() || !hasReference ? null : confirmed.of(item);
            String id = reference == null ? null : confirmed.referenceId();
            if (id != null) {
                checks.add(new Check(item, said, reference, id, entries, new TreeSet<>()));
            }
            item.noteChecked();
        }
        edits.forget(wished);
        return checks;
    }

    /** The confirmed mapping's answer; one that fails, or that has no record, says nothing. */
    public void answered(Check check, String answer) throws JsonProcessingException {
        if (answer != null && json.readTree(answer) instanceof ObjectNode record) {
            oneWay.saidBy(record, !check.item().hasRecord()).forEach(field -> {
                check.said().add(field);
                check.said().add(PersonObject.twin(field));
            });
        }
    }

    /**
     * What an edit sets goes ahead up to the limit; beyond, it is left out. Of an item that is not written now, it is left out, too,
     * so that the ledger does not keep it for later.
     */
    public synchronized void decide(List<Check> checks) {
        limit = null;
        Map<String, Set<String>> wished = new HashMap<>();
        List<OneWayLedger.Entry> entries = new ArrayList<>();
        for (Check check : checks) {
            if (!check.wished().isEmpty()) {
                wished.put(check.item().getIdentity(), check.wished());
            }
            Set<String> left = new TreeSet<>();
            check.edited().forEach(field -> decide(check, field, left, entries));
            if (!left.isEmpty()) {
                oneWay.leaveOut(check.item(), left);
            }
        }
        edits.forget(wished);
        edits.save(entries);
    }

    private void decide(Check check, String field, Set<String> left, List<OneWayLedger.Entry> entries) {
        SyncItem item = check.item();
        OneWayLedger.Entry known = check.known().get(field);
        if (!oneWay.isNew(item, field)) {
            if (!known.mapping().equals(check.label()) || known.requested()) { // it is said still
                entries.add(new OneWayLedger.Entry(item.getIdentity(), field, check.label(), known.reference(), State.SET, known.at(),
                        known.confirmed(), false));
            }
        } else if (confirmed.isConfirmed() && !item.isPending()) {
            return; // it may be what the identity says by a new rule
        } else if (confirmed.isConfirmed() || item.isPending() && (check.isTriedAgain(field) || mayGoAhead(item.getIdentity()))) {
            item.edit(field, check.isKnownAsSet(field), check.reference());
        } else {
            left.add(field);
            if (item.isPending()) {
                Held now = hold(field);
                item.note(new RecordError(CODE, now.reason(), List.of(field)));
                if (!check.isKnownAsSet(field)) {
                    entries.add(check.entry(field, State.HELD, clock.instant(), false));
                }
            }
        }
    }

    private boolean mayGoAhead(String identity) {
        MappingSet now = confirmed.inUse();
        if (edition != now) {
            counted = edits.unconfirmed();
            edits.forgetHeld(labels(now));
            ahead.clear();
            edition = now;
        }
        if (ahead.contains(identity)) {
            return true;
        }
        if (limit == null) {
            limit = Math.max(settings.atLeast(), (long) (settings.limit() * ledger.countRecords()));
        }
        return counted + ahead.size() < limit && ahead.add(identity);
    }

    private static Set<String> labels(MappingSet mappings) {
        return Stream.concat(mappings.files().values().stream(), mappings.bySchema().values().stream()).map(Mapping::wholeLabel)
                .collect(Collectors.toSet());
    }

    private Held hold(String field) {
        Held before = held();
        if (before != null && before.fields().contains(field)) {
            return before;
        }
        Set<String> all = new TreeSet<>(Set.of(field));
        if (before != null) {
            all.addAll(before.fields());
        }
        long many = counted + ahead.size();
        String reason = "An edit of the mappings sets " + String.join(", ", all) + " where the mappings that were confirmed last do not."
                + " It has done so for " + (many == 1 ? "1 identity" : many + " identities")
                + ". For others it is left out until you confirm the edit or correct it (docs/consent.md).";
        Held now = new Held(confirmed.inUse(), before == null ? clock.instant() : before.since(), all, reason);
        held = now;
        LOG.warn("{}: {}", CODE, reason);
        return now;
    }

    /** Called before records are sent: the ledger is to know what edits set, whatever happens then. */
    public void record(Batch batch) {
        boolean isConfirmed = confirmed.isConfirmed();
        Instant now = clock.instant();
        edits.save(batch.getPending().stream().flatMap(item -> item.getEdited().stream().filter(item.getRecord()::has)
                .map(field -> new OneWayLedger.Entry(item.getIdentity(), field, item.getMapping().wholeLabel(), item.getConfirmedMappings(),
                        State.SET, now, isConfirmed, false)))
                .toList());
    }

    /** Null if no edit waits. */
    public Held held() {
        Held now = held;
        return now == null || now.edition() != confirmed.inUse() || confirmed.isConfirmed() ? null : now;
    }

    /** Whether the mappings in use were confirmed, and which edit waits. */
    public Map<String, Object> report() {
        Held now = held();
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("confirmed", confirmed.isConfirmed());
        report.put("heldSince", now == null ? null : now.since());
        report.put("fields", now == null ? Set.of() : now.fields());
        return report;
    }

    /** @return field to the number of identities for which edits have set it */
    public Map<String, Long> counts() {
        return edits.counts();
    }

    /** Whether the mappings in use were confirmed. */
    public boolean isConfirmed() {
        return confirmed.isConfirmed();
    }

    /** An operator confirms the mappings in use. */
    public Map<String, Object> confirm() {
        confirmed.confirm();
        return report();
    }

    /**
     * An operator asks to take a field back where an edit has set it. It is done with the next event of each identity whose mapping
     * no longer says so.
     *
     * @param body {@code {"field": "HasOptedOutOfEmail", "since": "2026-11-01T00:00:00Z"}}
     * @throws BadRequestException if it is something else
     */
    public Map<String, Object> takeBack(String body) {
        JsonNode wanted = wanted(body);
        String field = wanted.path("field").asText();
        if (!oneWay.isOneWay(field)) {
            throw new BadRequestException("The field is none of sync.one-way.");
        }
        return Map.of("identities", edits.request(oneWay.spelling(field), since(wanted.path("since").asText())));
    }

    private JsonNode wanted(String body) {
        try {
            JsonNode wanted = json.readTree(Objects.toString(body, ""));
            if (wanted.isObject() && wanted.path("field").isTextual() && wanted.path("since").isTextual() && wanted.size() == 2) {
                return wanted;
            }
        } catch (JsonProcessingException e) {
            // told below
        }
        throw new BadRequestException("The body is {\"field\": \"HasOptedOutOfEmail\", \"since\": \"2026-11-01T00:00:00Z\"}.");
    }

    private static Instant since(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new BadRequestException("since is not a time such as 2026-11-01T00:00:00Z.");
        }
    }

    @Override
    public Health health() {
        Held now = held();
        return now == null ? Health.up().build() : Health.status(Degraded.STATUS).withDetail("code", CODE)
                .withDetail("reason", now.reason()).withDetail("since", now.since().toString()).build();
    }
}
