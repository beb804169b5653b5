package dev.orysalesforce.child;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.child.ChildLookup.Part;
import dev.orysalesforce.child.ChildReferences.Reference;
import dev.orysalesforce.ledger.ChildLedger;
import dev.orysalesforce.ledger.FieldHash;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.Describe.Field;
import dev.orysalesforce.salesforce.PersonObject;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.salesforce.SoqlLookup;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.ForwardOnly;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.Child;
import dev.orysalesforce.sync.Mappings;
import dev.orysalesforce.sync.SyncItem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * The records that hang on those of identities, such as campaign members: finds what they refer to and whether they are there
 * already, and decides what is sent. They are written once their record is; until then the ledger keeps their event as one that is
 * not done, so that a batch that rolls back in between forgets none.
 */
@Component("childRecords")
public class ChildRecords {

    static final String LEFT_OUT = "CHILD_LEFT_OUT";
    private static final String NOT_FOUND = "CHILD_REFERENCE_NOT_FOUND";
    private static final String NO_VALUE = "CHILD_VALUE_NOT_DEFINED";
    private static final Duration GOOD_FOR = Duration.ofDays(1);
    private static final String ID = "Id";
    private static final String REFERENCE = "reference";
    private static final Pattern SALESFORCE_ID = Pattern.compile("[a-zA-Z0-9]{15}([a-zA-Z0-9]{3})?");

    /** The last three characters of an ID only check the others, and Salesforce refuses a query with wrong ones. */
    private static final int LENGTH_OF_ID = 15;

    /** A query with a line break, or with a longer text, is refused as a whole. */
    private static final Pattern QUERYABLE = Pattern.compile("[^\\v\\p{Cntrl}]{1,255}");
    private static final Set<String> TEXTS = Set.of("string", "email", "phone", "url", "picklist", "combobox", "id", REFERENCE);
    private static final int QUERIES_IN_A_CALL = 5;
    private static final int HITS_IN_MESSAGE = 10;

    private final ChildLedger ledger;
    private final ChildReferences references;
    private final Describe org;
    private final Mappings mappings;
    private final FieldHash hash;
    private final SoqlLookup lookup;
    private final List<ForwardOnly> forwardOnly;

    ChildRecords(ChildLedger ledger, ChildReferences references, Describe org, Mappings mappings, FieldHash hash, SoqlLookup lookup,
            SyncSettings settings) {
        this.ledger = ledger;
        this.references = references;
        this.org = org;
        this.mappings = mappings;
        this.hash = hash;
        this.lookup = lookup;
        this.forwardOnly = settings.forwardOnly();
    }

    /**
     * Takes the children of events that are not the newest of their identity.
     *
     * @param others the items of these events, which are mapped and not written
     */
    public void collect(Batch batch, Batch others) {
        Map<String, SyncItem> items = batch.byIdentity();
        others.items().forEach(other -> items.get(other.getIdentity()).addChildrenOf(other));
    }

    /** The children of a portion that differ from what was last sent. */
    public ChildRound open(Batch portion) {
        List<SyncItem> items = portion.items().stream().filter(SyncItem::isAwaitingChildren).toList();
        Map<String, List<ChildLedger.Entry>> sent = ledger.find(items.stream().map(SyncItem::getIdentity).toList());
        List<ChildRow> rows = new ArrayList<>();
        items.forEach(item -> {
            List<ChildRow> its = rows(item, sent.getOrDefault(item.getIdentity(), List.of()));
            rows.addAll(its);
            if (its.isEmpty()) {
                item.childrenDone();
            }
        });
        return new ChildRound(portion, rows);
    }

    private List<ChildRow> rows(SyncItem item, List<ChildLedger.Entry> sent) {
        Map<String, ChildLedger.Entry> before = sent.stream().collect(Collectors.toMap(ChildLedger.Entry::key, Function.identity()));
        Map<String, Child> wanted = new LinkedHashMap<>();
        List<Child> own = spelled(item, item.getChildren());
        own.forEach(child -> wanted.put(key(item, child), child));
        spelled(item, item.getChildrenOfOthers()).forEach(child -> {
            String key = key(item, child);
            wanted.putIfAbsent(key, before.containsKey(key) ? child.only(forwardOnly(child)) : child); // of an older event
        });
        List<ChildRow> rows = new ArrayList<>();
        wanted.forEach((key, child) -> {
            Map<String, String> hashes =
                    new HashMap<>(own.contains(child) || !before.containsKey(key) ? Map.of() : before.get(key).fields());
            child.details().properties()
                    .forEach(field -> hashes.put(field.getKey(), hash.of(item.getIdentity(), field.getKey(), field.getValue())));
            ChildLedger.Entry entry = before.get(key);
            if (entry == null && item.isSentBefore() && own.contains(child)) {
                ledger.save(List.of(new ChildLedger.Entry(item.getIdentity(), key, child.object(), null, hashes))); // a lost ledger
            } else if (entry == null || !entry.fields().entrySet().containsAll(hashes.entrySet())) {
                row(item, child, key, hashes, entry).ifPresent(rows::add);
            }
        });
        return rows;
    }

    /** Those that the run-as user may see, with the names of their fields as Salesforce spells them. */
    private List<Child> spelled(SyncItem item, List<Child> children) {
        List<Child> spelled = new ArrayList<>();
        children.forEach(child -> {
            if (org.isVisible(child.object())) {
                Map<String, Field> described = org.fields(child.object(), GOOD_FOR);
                spelled.add(child.spelled(name -> described.containsKey(name) ? described.get(name).name() : name));
            } else {
                item.explain(RecordError.of(LEFT_OUT, "The " + child.object() + " was left out: the run-as user may not see this object —"
                        + " Give it access, for campaigns with the permission set Ory_Identity_Campaigns of salesforce/ or another one."));
            }
        });
        return spelled;
    }

    private String key(SyncItem item, Child child) {
        return hash.of(item.getIdentity(), child.object().toLowerCase(Locale.ROOT), child.key());
    }

    /** The fields of which an older event tells something, too: they only move forward. */
    private Set<String> forwardOnly(Child child) {
        return forwardOnly.stream().filter(rule -> rule.object().equalsIgnoreCase(child.object())).map(ForwardOnly::field)
                .collect(Collectors.toSet());
    }

    private Optional<ChildRow> row(SyncItem item, Child child, String key, Map<String, String> hashes,
            ChildLedger.Entry before) {
        String owner = owner(item, child);
        if (owner == null) {
            item.explain(RecordError.of(LEFT_OUT, "The " + child.object() + " was left out: no field that the app could fill refers to a "
                    + item.getObject() + " alone — Take such a field out of the child in the mapping, or correct its attributes.type."));
            return Optional.empty();
        }
        ChildRow row = new ChildRow(item, child, key, hashes, before, owner);
        Map<String, Field> described = org.fields(child.object(), GOOD_FOR);
        child.fields().properties().forEach(field -> checkField(row, field.getKey(), field.getValue(), described.get(field.getKey())));
        return row.isOpen() ? Optional.of(row) : Optional.empty();
    }

    /** The child's field that refers to the item's record. */
    private String owner(SyncItem item, Child child) {
        List<String> names = org.fields(child.object(), GOOD_FOR).values().stream()
                .filter(field -> field.references().equals(Set.of(PersonObject.sObject(item.getObject()))) && field.createable())
                .map(Field::name).distinct()
                .filter(name -> !child.fields().has(name)).toList();
        return names.size() == 1 ? names.get(0)
                : names.stream().filter(name -> name.equals(PersonObject.sObject(item.getObject()) + ID)).findFirst().orElse(null);
    }

    private void checkField(ChildRow row, String name, JsonNode value, Field field) {
        boolean isKey = row.child().match().contains(name);
        if (field == null) {
            RecordError why = leftOut(row, name, "is not a field that the run-as user can see — Create it, give the user access to it,"
                    + " or take it out of the mapping.");
            if (isKey) {
                row.leaveOut(why);
            } else {
                row.leaveOut(name, why);
            }
        } else if (field.type().equals(REFERENCE) && (isKey || value.isObject()) && !value.isNull()) {
            refer(row, name, value, field);
        } else if (isKey && !(value.isTextual() && isQueryable(value.textValue(), field))) {
            row.leaveOut(leftOut(row, name, "can't tell a child from its siblings: only a reference or a short text can."));
        } else if (value.isObject()) {
            row.leaveOut(leftOut(row, name, "refers to no record — Let the mapping answer a value for it."));
        }
    }

    private void refer(ChildRow row, String name, JsonNode value, Field field) {
        String key = value.isObject() ? value.fieldNames().next() : ID;
        String text = (value.isObject() ? value.path(key) : value).asText("").strip();
        String target = field.references().size() == 1 ? field.references().iterator().next() : null;
        if (text.isEmpty()) {
            row.leaveOut(name, null);
        } else if (target == null) {
            row.leaveOut(leftOut(row, name, "may refer to several objects, which the app can't look up."));
        } else if (!org.isVisible(target)) {
            row.leaveOut(
                    leftOut(row, name, "refers to the object " + target + ", which the run-as user may not see — Give it read access."));
        } else {
            Field by = org.fields(target, GOOD_FOR).get(key);
            String wrong = wrong(row, target, key, by, text);
            if (wrong == null) {
                row.wants(name, new Reference(target, by.name(), by.name().equals(ID) ? text.substring(0, LENGTH_OF_ID) : text));
            } else {
                row.leaveOut(RecordError.of(NOT_FOUND, "The " + row.object() + " was left out: " + wrong));
            }
        }
    }

    /** Why a record can't be looked up by this value; null if it can. */
    private String wrong(ChildRow row, String target, String key, Field field, String text) {
        if (field == null) {
            return target + "." + key + " is not a field that the run-as user can see.";
        } else if (field.name().equals(ID)) {
            return SALESFORCE_ID.matcher(text).matches() ? null : "its " + target + " is not a Salesforce ID.";
        } else if (!field.externalId() && !field.namesRecord()) {
            return target + "." + key + " is neither an external ID nor the name.";
        } else if (!field.externalId() && row.item().mappings().noneMatch(mapping -> mappings.isLiteral(mapping, text))) {
            return "the name of its " + target
                    + " does not stand in the mapping, so a person may have typed it — Write the name into the mapping, or use an ID.";
        }
        return isQueryable(text, field) ? null : "the value for " + target + "." + key + " is none that the field can have.";
    }

    private static boolean isQueryable(String text, Field field) {
        return TEXTS.contains(field.type()) && QUERYABLE.matcher(text).matches()
                && (field.length() == 0 || text.length() <= field.length());
    }

    private static RecordError leftOut(ChildRow row, String field, String why) {
        return new RecordError(LEFT_OUT, "The " + row.object() + " was left out or is incomplete: " + field + " " + why, List.of(field));
    }

    /**
     * The next look-up: first the records that children refer to, then the children themselves and the values of their fields. What
     * a row has learnt, it keeps, whatever the other portions do to what is remembered for all.
     */
    public ChildLookup lookup(ChildRound round) {
        List<Part> parts = next(round);
        return new ChildLookup(parts.subList(0, Math.min(QUERIES_IN_A_CALL, parts.size())));
    }

    private List<Part> next(ChildRound round) {
        List<Part> parts = new ArrayList<>();
        Set<Reference> unknown = new LinkedHashSet<>();
        round.open().forEach(row -> row.wanted().forEach((field, reference) -> {
            List<String> ids = references.idsOf(reference);
            if (ids == null) {
                unknown.add(reference);
            } else {
                refer(row, field, reference, ids);
            }
        }));
        unknown.stream().collect(Collectors.groupingBy(reference -> reference.object() + "." + reference.field(), LinkedHashMap::new,
                Collectors.toList())).values()
                .forEach(same -> slices(same, references::isSuspect).forEach(some -> parts.add(references(some, round, parts.size()))));
        if (parts.isEmpty()) {
            values(round, parts);
            existing(round, parts);
        }
        return parts;
    }

    /** What may spoil a query is asked for alone. */
    private static <T> List<List<T>> slices(List<T> all, Predicate<T> isSuspect) {
        List<List<T>> slices = new ArrayList<>(Batch.slices(all.stream().filter(isSuspect.negate()).toList(), Batch.CHUNK));
        all.stream().filter(isSuspect).forEach(one -> slices.add(List.of(one)));
        return slices;
    }

    private static void refer(ChildRow row, String field, Reference reference, List<String> ids) {
        String object = reference.object();
        if (ids.size() == 1) {
            row.refer(field, ids.get(0));
        } else if (ids.isEmpty()) {
            row.leaveOut(RecordError.of(NOT_FOUND, "The " + row.object() + " was left out: Salesforce shows no " + object
                    + " for its " + field
                    + ". Create it, or share it with the run-as user; the next event that brings this child is then written."));
        } else {
            row.leaveOut(RecordError.of("SEVERAL_" + object.toUpperCase(Locale.ROOT) + "S",
                    "The " + row.object() + " was left out: several "
                            + object + " records have the same " + reference.field() + ", so none is used: "
                            + ids.stream().limit(HITS_IN_MESSAGE).collect(Collectors.joining(", ")) + ". Rename one, or use its ID."));
        }
    }

    private Part references(List<Reference> same, ChildRound round, int number) {
        Reference one = same.get(0);
        String columns = one.field().equals(ID) ? ID : ID + ", " + one.field();
        return new Part(SoqlLookup.query("references" + number, "query", "SELECT %s FROM %s WHERE %s IN (%s)".formatted(columns,
                one.object(), one.field(), SoqlLookup.list(same.stream().map(Reference::value)))),
                found -> references.learn(same, found),
                error -> round.open().stream().filter(row -> row.wanted().values().stream().anyMatch(same::contains))
                        .forEach(row -> row.leaveOut(leftOut(row, one.object(), "can't be read: " + error.message()))),
                () -> references.suspect(same));
    }

    private void values(ChildRound round, List<Part> parts) {
        for (ForwardOnly rule : forwardOnly) {
            Set<String> parents = new TreeSet<>();
            round.open().stream().filter(row -> applies(rule, row) && row.values(rule.field()) == null).forEach(row -> {
                String parent = row.fields().path(rule.parent()).asText();
                Map<String, Long> values = references.valuesOf(rule, parent);
                if (values == null) {
                    parents.add(parent);
                } else {
                    row.learn(rule.field(), values);
                }
            });
            Batch.slices(List.copyOf(parents), Batch.CHUNK).forEach(some -> parts.add(new Part(
                    SoqlLookup.query("values" + parts.size(), "query",
                            "SELECT %1$s, %2$s, %3$s FROM %4$s WHERE %1$s IN (%5$s)".formatted(rule.parent(), rule.value(), rule.order(),
                                    rule.values(), SoqlLookup.list(some.stream()))),
                    found -> references.learn(rule, some, found),
                    error -> leaveOut(rule, round, "can't be read: " + error.message()),
                    () -> leaveOut(rule, round, "can't be looked up."))));
        }
    }

    private static void leaveOut(ForwardOnly rule, ChildRound round, String why) {
        round.open().stream().filter(row -> applies(rule, row) && row.values(rule.field()) == null)
                .forEach(row -> row.leaveOut(rule.field(), leftOut(row, rule.values(), why)));
    }

    private static boolean applies(ForwardOnly rule, ChildRow row) {
        return rule.object().equalsIgnoreCase(row.object()) && row.fields().hasNonNull(rule.field())
                && row.fields().hasNonNull(rule.parent());
    }

    private void existing(ChildRound round, List<Part> parts) {
        round.open().stream().filter(row -> !row.isAsked())
                .collect(Collectors.groupingBy(row -> row.object() + "." + row.owner() + row.child().match(), LinkedHashMap::new,
                        Collectors.toList()))
                .values()
                .forEach(same -> slices(same, ChildRow::isSuspect).forEach(some -> parts.add(existing(some, parts.size()))));
    }

    private Part existing(List<ChildRow> some, int number) {
        ChildRow one = some.get(0);
        Set<String> columns = new LinkedHashSet<>(List.of(ID, one.owner()));
        some.forEach(row -> row.fields().fieldNames().forEachRemaining(columns::add));
        String key = one.child().match().get(0);
        String soql = "SELECT %s FROM %s WHERE %s IN (%s)".formatted(String.join(", ", columns), one.object(), one.owner(),
                SoqlLookup.list(some.stream().map(row -> row.item().getSalesforceId()).distinct()))
                + (some.stream().allMatch(row -> row.fields().path(key).isTextual()) ? " AND %s IN (%s)".formatted(key,
                        SoqlLookup.list(some.stream().map(row -> row.fields().path(key).textValue()).distinct())) : "");
        return new Part(SoqlLookup.query("children" + number, "query", soql),
                found -> some.forEach(row -> row.answered(found.stream().filter(record -> is(row, record)).findFirst().orElse(null))),
                error -> some.forEach(row -> row.leaveOut(leftOut(row, row.object(), "can't be read: " + error.message()))),
                () -> suspect(some));
    }

    private static void suspect(List<ChildRow> some) {
        some.forEach(some.size() > 1 ? ChildRow::suspect
                : row -> row.leaveOut(leftOut(row, row.object(), "can't be looked up by the values of match.")));
    }

    private static boolean is(ChildRow row, JsonNode record) {
        return record.path(row.owner()).asText().equals(row.item().getSalesforceId()) && row.child().match().stream()
                .allMatch(field -> row.fields().path(field).asText().strip().equalsIgnoreCase(record.path(field).asText()));
    }

    /** The body of a look-up. */
    public String query(ChildLookup call) {
        return lookup.compositeRequest(call.parts().stream().map(Part::query).toList());
    }

    /** Applies the answer to a look-up. */
    public void found(ChildLookup call, String answer) {
        call.parts().forEach(part -> {
            RecordError error = lookup.setUpError(answer, part.query().reference());
            if (lookup.isValueRefused(answer, part.query().reference())) {
                part.unreadable().run();
            } else if (error == null) {
                part.found().accept(lookup.records(answer, part.query().reference()));
            } else {
                part.refused().accept(error);
            }
        });
    }

    /** The calls to make. A child to which nothing has to be sent is done. */
    public List<ChildCall> calls(ChildRound round, int largest) {
        round.open().forEach(this::decide);
        Map<String, List<ChildRow>> byKind = round.open().stream().collect(Collectors.groupingBy(
                row -> (row.existing() == null) + row.object() + row.limit(), LinkedHashMap::new, Collectors.toList()));
        return byKind.values().stream().flatMap(rows -> Batch.slices(rows, Math.min(largest, rows.get(0).limit())).stream())
                .map(rows -> new ChildCall(rows.get(0).object(), rows.get(0).existing() == null, rows)).toList();
    }

    private void decide(ChildRow row) {
        forwardOnly.stream().filter(rule -> applies(rule, row)).forEach(rule -> place(row, rule));
        if (row.existing() == null && row.isSentBefore()) {
            row.done(); // sales has deleted it
            return;
        }
        Map<String, Field> described = org.fields(row.object(), GOOD_FOR);
        ObjectNode changes = row.fields().objectNode();
        row.fields().properties().stream().filter(field -> !field.getValue().isNull()).filter(field -> row.existing() == null
                ? described.get(field.getKey()).createable()
                : described.get(field.getKey()).updateable() && isToBeSent(row, field.getKey(), field.getValue()))
                .forEach(field -> changes.set(field.getKey(), field.getValue()));
        if (row.existing() == null) {
            changes.put(row.owner(), row.item().getSalesforceId());
        }
        row.toSend(changes);
        if (changes.isEmpty()) {
            row.done();
        }
    }

    private void place(ChildRow row, ForwardOnly rule) {
        Map<String, Long> places = row.values(rule.field());
        Long place = places.get(ChildReferences.folded(row.fields().path(rule.field()).asText()));
        if (place == null) {
            row.leaveOut(rule.field(), RecordError.of(NO_VALUE, rule.field() + " of the " + row.object() + " was left out: its "
                    + rule.parent() + " refers to a record that does not have this value. Add it there, or correct the mapping."));
        } else {
            Long held = row.existing() == null ? null
                    : places.get(ChildReferences.folded(row.existing().path(rule.field()).asText("")));
            row.place(rule.field(), held == null || place > held);
        }
    }

    /** What sales has typed stays: a value is sent if it is another than before, and a child of sales is only completed. */
    private static boolean isToBeSent(ChildRow row, String field, JsonNode value) {
        JsonNode held = row.existing().path(field);
        if (row.child().match().contains(field) || held.equals(value) || !row.isChanged(field)) {
            return false;
        }
        Boolean isForward = row.isForward(field);
        return isForward != null ? isForward : row.isSentBefore() || held.isMissingNode() || held.isNull();
    }

    /** Notes what was written; an item whose children are done is done itself. */
    public void close(ChildRound round) {
        ledger.save(round.rows().stream().filter(ChildRow::isWritten).map(ChildRow::entry).toList());
        Map<SyncItem, List<ChildRow>> byItem = round.rows().stream()
                .collect(Collectors.groupingBy(ChildRow::item, LinkedHashMap::new, Collectors.toList()));
        byItem.forEach((item, rows) -> {
            if (!item.isAwaitingChildren()) {
                return; // its record is found anew, and then its children
            }
            List<ChildRow> refused = rows.stream().filter(ChildRow::isRefused).toList();
            Stream.concat(refused.stream().filter(row -> row.retryAt() != null), refused.stream()).findFirst()
                    .ifPresentOrElse(row -> item.childRefused(row.refusal(), row.retryAt()), () -> {
                        if (rows.stream().noneMatch(ChildRow::isOpen)) {
                            item.childrenDone();
                        }
                    });
        });
    }
}
