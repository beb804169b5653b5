package dev.orysalesforce.write;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.ledger.OneWayLedger;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.receive.BadRequestException;
import dev.orysalesforce.salesforce.PersonObject;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.settings.Degraded;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.ConfirmedMappings;
import dev.orysalesforce.sync.SyncItem;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Edits of mappings that set one-way fields, such as opt-outs. What an edit sets is told from what an identity says by the
 * mappings that were confirmed last: the same event goes through both. The ledger keeps what an edit has set, so that it can be
 * taken back; and an edit that would set a field in too many records waits until an operator confirms it.
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

    /**
     * An item whose record has one-way values that the confirmed mapping is asked for.
     *
     * @param fields those that the record has
     * @param mapping the confirmed mapping
     * @param known what the ledger knows of the identity's fields
     * @param said gets the fields that the confirmed mapping answers, too
     */
    public record Check(SyncItem item, Set<String> fields, Mapping mapping, List<OneWayLedger.Entry> known, Set<String> said) {

        /** What only the edit says. */
        Set<String> edited() {
            Set<String> edited = new TreeSet<>(fields);
            edited.removeAll(said);
            return edited;
        }
    }

    /**
     * An edit that waits for its confirmation.
     *
     * @param fields that it would set
     * @param reason what happened and what the operator can do
     */
    public record Held(Instant since, Set<String> fields, String reason) {}

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
     * The items of a batch whose one-way values may come from an edit. Also decides which fields an operator's request takes back.
     *
     * @throws DataAccessException if the ledger does not answer
     */
    public List<Check> checks(Batch batch) {
        List<SyncItem> items = mapped(batch);
        Map<String, List<OneWayLedger.Entry>> known = known(items);
        Map<String, Set<String>> over = new HashMap<>();
        items.forEach(item -> {
            Set<String> said = oneWay.said(item);
            for (OneWayLedger.Entry entry : known.getOrDefault(item.getIdentity(), List.of())) {
                if (said.contains(entry.field()) || !item.getChange().isComplete()) {
                    continue;
                }
                if (!entry.mapping().equals(item.getMapping().wholeLabel())) {
                    if (entry.requested()) {
                        item.takeBack(entry.field());
                    }
                } else if (oneWay.isHeard(item, entry.field())) { // the same mapping, so the identity has changed: it was a wish
                    over.computeIfAbsent(item.getIdentity(), identity -> new TreeSet<>()).add(entry.field());
                }
            }
        });
        edits.forget(over);
        return toAsk(items, known);
    }

    /** The same for events that a newer one has replaced, of which only withdrawals are used. */
    public List<Check> checksOfOthers(Batch others) {
        List<SyncItem> items = mapped(others);
        return toAsk(items, known(items));
    }

    private List<Check> toAsk(List<SyncItem> items, Map<String, List<OneWayLedger.Entry>> known) {
        boolean hasReference = confirmed.hasReference(); // asked for at the first batch, so that the ledger has it before any edit
        List<Check> checks = new ArrayList<>();
        for (SyncItem item : items) {
            Set<String> said = oneWay.said(item);
            List<OneWayLedger.Entry> entries = known.getOrDefault(item.getIdentity(), List.of());
            said.removeIf(field -> entries.stream().filter(entry -> entry.field().equals(field)).findFirst()
                    .map(entry -> entry.mapping().equals(item.getMapping().wholeLabel())).orElseGet(() -> !oneWay.isNew(item, field)));
            if (!said.isEmpty() && hasReference) {
                checks.add(new Check(item, said, confirmed.of(item), entries, new TreeSet<>()));
            }
        }
        return checks;
    }

    private static List<SyncItem> mapped(Batch batch) {
        return batch.getPending().stream().filter(item -> item.getIdentity() != null && item.getRecord() != null && !item.isErasure()
                && !item.isGone() && !item.isLate()).toList();
    }

    private Map<String, List<OneWayLedger.Entry>> known(List<SyncItem> items) {
        return edits.find(items.stream().map(SyncItem::getIdentity).collect(Collectors.toSet()));
    }

    /** The confirmed mapping's answer; one that fails, or that has no record, says nothing. */
    public void answered(Check check, String answer) throws JsonProcessingException {
        if (answer != null && json.readTree(answer) instanceof ObjectNode record) {
            oneWay.saidBy(record, !check.item().hasRecord()).forEach(field -> {
                check.said().add(field);
                String twin = PersonObject.twin(field);
                if (twin != null) {
                    check.said().add(twin);
                }
            });
        }
    }

    /** Items that an edit would change go ahead up to the limit; the others wait. */
    public void decide(List<Check> checks) {
        settle(checks, (item, fields) -> {
            oneWay.leaveOpen(item, fields);
            item.postpone(new RecordError(CODE, held.reason(), List.copyOf(fields)), clock.instant().plus(settings.tryAgain()));
        });
    }

    /** The same for events that a newer one has replaced: what waits is not used. */
    public void decideOnOthers(List<Check> checks) {
        settle(checks, (item, fields) -> oneWay.leaveOut(item.getRecord(), fields));
    }

    private interface Wait {
        void hold(SyncItem item, Set<String> fields);
    }

    private synchronized void settle(List<Check> checks, Wait wait) {
        Map<String, Set<String>> wished = new HashMap<>();
        checks.forEach(check -> check.known().stream().map(OneWayLedger.Entry::field).filter(check.said()::contains)
                .forEach(field -> wished.computeIfAbsent(check.item().getIdentity(), identity -> new TreeSet<>()).add(field)));
        edits.forget(wished);
        List<Check> edited = checks.stream().filter(check -> !check.edited().isEmpty()).toList();
        if (edited.isEmpty()) {
            return;
        }
        boolean isFree = confirmed.isConfirmed();
        long limit = isFree ? Long.MAX_VALUE : Math.max(settings.atLeast(), (long) (settings.limit() * ledger.countRecords()));
        long room = isFree ? limit : limit - edits.unconfirmed();
        List<OneWayLedger.Entry> set = new ArrayList<>();
        for (Check check : edited) {
            SyncItem item = check.item();
            if (!check.known().isEmpty() || room-- > 0) {
                check.edited().forEach(field -> set.add(
                        new OneWayLedger.Entry(item.getIdentity(), field, item.getMapping().wholeLabel(), isFree, false)));
            } else {
                hold(check.edited(), limit);
                wait.hold(item, check.edited());
            }
        }
        edits.save(set);
    }

    private void hold(Set<String> fields, long limit) {
        Held before = held();
        Set<String> all = new TreeSet<>(fields);
        if (before != null) {
            all.addAll(before.fields());
        }
        String reason = "An edit of the mappings sets " + String.join(", ", all) + " where the mappings that were confirmed last do not."
                + " It has done so for " + limit + " identities. Others wait until you confirm the edit or correct it (docs/consent.md).";
        held = new Held(before == null ? clock.instant() : before.since(), all, reason);
        if (before == null) {
            LOG.warn("{}: {}", CODE, reason);
        }
    }

    /** Null if no edit waits. */
    public Held held() {
        Held now = held;
        return now == null || confirmed.isConfirmed() ? null : now;
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

    /** An operator confirms the mappings in use. */
    public Map<String, Object> confirm() {
        confirmed.confirm();
        held = null;
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
