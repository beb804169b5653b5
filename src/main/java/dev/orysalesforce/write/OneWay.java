package dev.orysalesforce.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.orysalesforce.ledger.FieldHash;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.OryFields;
import dev.orysalesforce.salesforce.PersonObject;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.MatchEmail;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.SyncItem;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Fields that change in one direction only, such as an opt-out ({@code sync.one-way}). The app writes nothing but the one value
 * into an existing record. A withdrawal, which is an event that has this value, counts in whatever order events arrive: it
 * outlives newer events of its batch, a newer version in the ledger, and the record itself.
 */
@Component("oneWay")
public class OneWay {

    private static final String CODE = "ONE_WAY";
    private static final String TAKEN_BACK = "TAKEN_BACK";

    private final Map<String, Rule> rules = new TreeMap<>(String.CASE_INSENSITIVE_ORDER); // as Salesforce reads names
    private final FieldHash hash;
    private final Describe org;
    private final MatchEmail match;

    /** What the ledger knows of the value. It keeps a keyed hash of it, as of any other value; these names are part of the hash. */
    private enum Withdrawal {
        /** No event had the value. */
        NONE,
        /** The newest state has the value, and it was sent. */
        CURRENT,
        /** An earlier state had the value, and it was sent. */
        FORMER,
        /** An event had the value, and it may not have been sent. */
        UNSENT
    }

    private record Rule(String field, JsonNode value) {

        static Rule of(String field, String value) {
            String text = value.strip();
            if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
                return new Rule(field, BooleanNode.valueOf(Boolean.parseBoolean(text)));
            }
            return new Rule(field, isNumber(text) ? DecimalNode.valueOf(new BigDecimal(text)) : TextNode.valueOf(text));
        }

        /** Whether Salesforce would store the same value. */
        boolean is(JsonNode other) {
            if (other == null || !other.isValueNode() || other.isNull()) {
                return false;
            }
            String text = other.asText().strip();
            if (value.isBoolean()) {
                return text.equalsIgnoreCase(value.asText()) || text.equals(value.asBoolean() ? "1" : "0");
            }
            return value.isNumber() ? isNumber(text) && new BigDecimal(text).compareTo(value.decimalValue()) == 0
                    : text.equalsIgnoreCase(value.asText());
        }

        /** What the record had before, as far as the value tells it. */
        JsonNode opposite() {
            return value.isBoolean() ? BooleanNode.valueOf(!value.booleanValue()) : NullNode.getInstance();
        }

        private static boolean isNumber(String text) {
            return text.matches("[+-]?\\d{1,30}(\\.\\d{1,30})?");
        }
    }

    OneWay(SyncSettings settings, FieldHash hash, Describe org) {
        settings.oneWay().forEach((field, value) -> {
            if (!value.isBlank()) {
                rules.put(field, Rule.of(field, value));
            }
        });
        this.hash = hash;
        this.org = org;
        this.match = settings.matchEmail();
    }

    /**
     * Takes the withdrawals of events that are not the newest of their identity.
     *
     * @param others the items of these events, which are mapped and not written
     */
    public void collect(Batch batch, Batch others) {
        Map<String, SyncItem> items = batch.byIdentity();
        others.items().stream().filter(other -> other.isPending() && other.getRecord() != null).forEach(other -> {
            SyncItem item = items.get(other.getIdentity());
            ObjectNode record = spelled(other.getRecord());
            rules.values().stream().filter(rule -> rule.is(record.get(rule.field()))).filter(rule -> {
                Withdrawal withdrawal = withdrawal(item, rule);
                return withdrawal == Withdrawal.NONE || withdrawal == Withdrawal.UNSENT || isTakenBack(item, rule)
                        || withdrawal == Withdrawal.FORMER && item.isNews(other.getChange());
            }).forEach(rule -> {
                item.withdraw(rule.field());
                if (other.getEdited().contains(rule.field())) {
                    item.edit(rule.field(), !other.getNewlyEdited().contains(rule.field()), other.getConfirmedMappings());
                }
            });
        });
    }

    /**
     * What the ledger is to know of withdrawals if they can't be written now. An item that would write nothing, because it is
     * not newer than its record, writes the withdrawals alone.
     */
    public void remember(Batch batch) {
        batch.items().stream().filter(item -> item.getIdentity() != null && !item.isErasure()).forEach(item -> {
            if (item.isPassedOver() && item.hasRecord() && !item.getWithdrawn().isEmpty()) {
                ObjectNode record = JsonNodeFactory.instance.objectNode();
                item.getWithdrawn().forEach(field -> record.set(field, rules.get(field).value()));
                item.withdrawAlone(record);
            }
            ObjectNode record = item.getRecord() == null ? JsonNodeFactory.instance.objectNode() : spelled(item.getRecord());
            Map<String, Boolean> said = new HashMap<>();
            rules.values().forEach(rule -> said.put(rule.field(), rule.is(record.get(rule.field()))));
            item.keepDue(due(item, said));
        });
    }

    /** Of an erased identity's record: without values that the app does not write into an existing record. */
    public void keep(ObjectNode fields) {
        spell(fields);
        rules.values().stream().filter(rule -> fields.has(rule.field()) && !rule.is(fields.get(rule.field())))
                .forEach(rule -> fields.remove(rule.field()));
    }

    /** The same record with the names and values of such fields spelled as in {@code sync.one-way}. */
    ObjectNode spelled(ObjectNode fields) {
        ObjectNode spelled = fields.deepCopy();
        spell(spelled);
        if (spelled.get(Mapping.ON_CREATE) instanceof ObjectNode onCreate) {
            spell(onCreate);
        }
        return spelled;
    }

    /** For Salesforce, names in another case are the same field. If a field is there twice, the one value counts. */
    private void spell(ObjectNode fields) {
        for (String name : fields.properties().stream().map(Map.Entry::getKey).filter(rules::containsKey).toList()) {
            Rule rule = rules.get(name);
            JsonNode value = fields.remove(name);
            if (!rule.is(fields.get(rule.field()))) {
                fields.set(rule.field(), rule.is(value) ? rule.value() : value);
            }
        }
    }

    /** The entries of a ledger's record that are about other fields. */
    Map<String, String> others(Map<String, String> stored) {
        return stored.keySet().stream().noneMatch(rules::containsKey) ? stored : stored.entrySet().stream()
                .filter(field -> !rules.containsKey(field.getKey())).collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** The former with the entries of the latter that are about these fields. */
    Map<String, String> with(Map<String, String> stored, Map<String, String> hashes) {
        Map<String, String> all = new HashMap<>(stored);
        hashes.forEach((field, value) -> {
            if (rules.containsKey(field)) {
                all.put(field, value);
            }
        });
        return all;
    }

    boolean isOneWay(String field) {
        return rules.containsKey(field);
    }

    /** The name as {@code sync.one-way} has it. */
    String spelling(String field) {
        return rules.get(field).field();
    }

    /** The fields that would get their one value by the item's record, as {@code sync.one-way} spells them. */
    Set<String> said(SyncItem item) {
        return saidBy(item.getRecord(), !item.hasRecord());
    }

    /** The same of a mapping's answer. */
    Set<String> saidBy(ObjectNode answer, boolean isNew) {
        ObjectNode record = spelled(answer);
        return rules.values().stream().filter(rule -> rule.is(record.get(rule.field()))
                || isNew && rule.is(record.path(Mapping.ON_CREATE).get(rule.field()))).map(Rule::field)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether the record does not have the value because of an event, as far as the ledger knows. */
    boolean isNew(SyncItem item, String field) {
        Withdrawal known = withdrawal(item, rules.get(field));
        return known == Withdrawal.NONE || known == Withdrawal.FORMER;
    }

    /** Whether an event had the value. */
    boolean isHeard(SyncItem item, String field) {
        Rule rule = rules.get(field);
        return rule != null && withdrawal(item, rule) != Withdrawal.NONE;
    }

    /** The field's name in the item's record; empty if its object has no such field. */
    Optional<String> nameIn(SyncItem item, String field) {
        return Optional.ofNullable(rules.get(field)).map(rule -> onObject(item, rule).field())
                .filter(name -> org.has(item.getObject(), name) && !item.getDraft().dropped().contains(name));
    }

    /** Takes these fields out of the item's record. */
    void leaveOut(SyncItem item, Set<String> fields) {
        leaveOut(item.getRecord(), fields);
        if (item.getRecord().get(Mapping.ON_CREATE) instanceof ObjectNode onCreate) {
            leaveOut(onCreate, fields);
        }
    }

    private void leaveOut(ObjectNode record, Set<String> fields) {
        record.remove(record.properties().stream().map(Map.Entry::getKey).filter(rules::containsKey)
                .filter(name -> fields.contains(rules.get(name).field())).toList());
    }

    /**
     * The last step of the diff: adds withdrawals, and removes every other value that would go into an existing record.
     *
     * @param toSend what would be sent
     * @param hashes of the fields that the mapping has answered; gets what the ledger keeps
     */
    void tighten(SyncItem item, ObjectNode toSend, Map<String, String> hashes) {
        Map<String, Boolean> said = new HashMap<>();
        List<String> kept = new ArrayList<>();
        for (Rule rule : rules.values()) {
            String mapped = hashes.get(rule.field());
            JsonNode given = toSend.remove(rule.field());
            Withdrawal withdrawal = withdrawal(item, rule);
            boolean says = hash(item, rule, Withdrawal.CURRENT).equals(mapped);
            said.put(rule.field(), says);
            if (isTakenBack(item, rule) && !says && !isWithdrawn(item, rule)) {
                takeBack(item, rule, toSend, given);
                continue;
            }
            boolean isToBeSent = isWithdrawn(item, rule) || withdrawal == Withdrawal.UNSENT
                    || says && (withdrawal != Withdrawal.CURRENT || item.getTarget().followed())
                    || !item.hasRecord() && withdrawal != Withdrawal.NONE;
            if (isToBeSent && isWriteable(item, rule, says)) {
                hashes.put(rule.field(), hash(item, rule, says ? Withdrawal.CURRENT : Withdrawal.FORMER));
                if (!says) {
                    kept.add(rule.field());
                }
                if (!rule.is(item.getShown().get(rule.field())) && !(says && item.isSentBefore())) {
                    toSend.set(rule.field(), rule.value());
                    item.withdraws();
                }
            } else if (given != null && !given.isNull() && isSurelyNew(item)) {
                toSend.set(rule.field(), given);
            } else if (withdrawal != Withdrawal.NONE && !says) {
                boolean isOver = mapped != null || item.getChange().isComplete();
                hashes.put(rule.field(),
                        withdrawal == Withdrawal.CURRENT && isOver ? hash(item, rule, Withdrawal.FORMER) : stored(item, rule, withdrawal));
                if (isOver && onObject(item, rule) == rule) {
                    kept.add(rule.field());
                }
            } else if (given != null && item.hasRecord() && !rule.is(given) && !mapped(item, rule, given).equals(stored(item, rule))) {
                kept.add(rule.field());
            }
        }
        item.keepDue(due(item, said));
        note(item, kept);
    }

    /** In a record that has become a person account, the field has another name, and the ledger forgets both. */
    private static boolean isTakenBack(SyncItem item, Rule rule) {
        return item.getTakenBack().containsKey(rule.field()) || item.getTakenBack().containsValue(rule.field());
    }

    /** Only if the record still has the value. What the mapping answers instead is written; else the opposite, or nothing. */
    private static void takeBack(SyncItem item, Rule rule, ObjectNode toSend, JsonNode given) {
        if (rule.is(item.getShown().get(rule.field()))) {
            toSend.set(rule.field(), given != null && !given.isNull() ? given : rule.opposite());
            item.note(new RecordError(TAKEN_BACK, "An operator has taken back what an edited mapping had set: " + rule.field() + ".",
                    List.of(rule.field())));
        }
    }

    /** Selects the fields of an item that writes withdrawals alone. */
    void compareLate(SyncItem item) {
        ObjectNode toSend = item.getRecord().objectNode();
        Map<String, String> hashes = new HashMap<>();
        Map<String, String> due = new HashMap<>();
        item.getWithdrawn().stream().map(rules::get).map(rule -> onObject(item, rule)).filter(rule -> isWriteable(item, rule, false))
                .filter(rule -> !(item.getEdited().contains(rule.field()) && rule.is(item.getShown().get(rule.field()))))
                .forEach(rule -> {
                    toSend.set(rule.field(), rule.value());
                    hashes.put(rule.field(), hash(item, rule, Withdrawal.FORMER));
                    due.put(rule.field(), hash(item, rule, Withdrawal.UNSENT));
                });
        if (toSend.isEmpty()) {
            item.superseded(null);
            return;
        }
        note(item, toSend.properties().stream().map(Map.Entry::getKey).toList());
        if (item.getTarget().stamp()) {
            toSend.put(OryFields.ORY_ID, item.getIdentity());
        }
        item.compared(item.getDraft().with(toSend, item.isOfLostLedger() ? Map.of() : hashes));
        item.keepDue(item.isOfLostLedger() ? Map.of() : due);
        item.withdraws();
    }

    private Map<String, String> due(SyncItem item, Map<String, Boolean> said) {
        Map<String, String> due = new HashMap<>();
        if (!item.isOfLostLedger()) {
            rules.values().forEach(rule -> {
                Withdrawal withdrawal = withdrawal(item, rule);
                boolean isToBeSent =
                        item.getWithdrawn().contains(rule.field()) || said.get(rule.field()) && withdrawal != Withdrawal.CURRENT;
                if (isToBeSent && !item.getEdited().contains(rule.field())) { // an edit may be corrected before it is sent
                    due.put(rule.field(), hash(item, rule, Withdrawal.UNSENT));
                } else if (withdrawal != Withdrawal.NONE) {
                    due.put(rule.field(), stored(item, rule, withdrawal));
                }
            });
        }
        return due;
    }

    private boolean isWithdrawn(SyncItem item, Rule rule) {
        return item.getWithdrawn().contains(rule.field()) || item.getWithdrawn().contains(PersonObject.twin(rule.field()));
    }

    /** The rule for the field's name in the item's record: an opt-out of a Lead counts in the person account that it became, too. */
    private Rule onObject(SyncItem item, Rule rule) {
        Rule twin = rules.get(PersonObject.twin(rule.field()));
        return twin == null || item.getObject() == null || org.has(item.getObject(), rule.field())
                || !org.has(item.getObject(), twin.field()) ? rule : twin;
    }

    /** A field that Salesforce has rejected is left out; and a Contact may lack a field of the Lead that it was. */
    private boolean isWriteable(SyncItem item, Rule rule, boolean isMapped) {
        return !item.getDraft().dropped().contains(rule.field()) && (isMapped || org.has(item.getObject(), rule.field()));
    }

    /** Whether no record of the identity can exist: Salesforce was asked, and no record has been deleted since. */
    private boolean isSurelyNew(SyncItem item) {
        return !item.hasRecord() && !item.isMadeAnew() && (match != MatchEmail.NEVER || !item.isFirstRegistration());
    }

    private static void note(SyncItem item, List<String> kept) {
        RecordError other = item.getNote();
        if (!kept.isEmpty() && (other == null || !other.code().equals(CODE))) {
            item.note(new RecordError(CODE, "These fields change in one direction only (sync.one-way), so the app does not take"
                    + " back what they say: " + String.join(", ", kept) + "."
                    + (other == null ? "" : " " + other.code() + ": " + other.message()), kept));
        }
    }

    private Withdrawal withdrawal(SyncItem item, Rule rule) {
        Withdrawal own = ownWithdrawal(item, rule);
        Rule twin = own == Withdrawal.NONE ? rules.get(PersonObject.twin(rule.field())) : null;
        Withdrawal other = twin == null ? own : ownWithdrawal(item, twin);
        return other == own || onObject(item, twin) != rule ? own : other;
    }

    private Withdrawal ownWithdrawal(SyncItem item, Rule rule) {
        String stored = FieldDiff.value(stored(item, rule));
        if (stored == null) {
            return Withdrawal.NONE;
        }
        for (Withdrawal withdrawal : Withdrawal.values()) {
            if (withdrawal != Withdrawal.NONE && hash(item, rule, withdrawal).equals(stored)) {
                return withdrawal;
            }
        }
        return Withdrawal.NONE;
    }

    /** What the ledger keeps of the field, or is to keep if it has only heard of the field's twin. */
    private String stored(SyncItem item, Rule rule, Withdrawal withdrawal) {
        String own = stored(item, rule);
        return own == null ? hash(item, rule, withdrawal) : own;
    }

    /** Null if the ledger keeps nothing of the field. */
    private static String stored(SyncItem item, Rule rule) {
        return item.getRemembered().get(rule.field());
    }

    private String mapped(SyncItem item, Rule rule, JsonNode value) {
        return hash.of(item.getIdentity(), rule.field(), value);
    }

    private String hash(SyncItem item, Rule rule, Withdrawal withdrawal) {
        return mapped(item, rule, withdrawal == Withdrawal.CURRENT ? rule.value()
                : JsonNodeFactory.instance.objectNode().set(withdrawal.name(), rule.value()));
    }
}
