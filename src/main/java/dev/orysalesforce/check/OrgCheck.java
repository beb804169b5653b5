package dev.orysalesforce.check;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.check.MappingExamples.Example;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.Describe.Field;
import dev.orysalesforce.salesforce.Login;
import dev.orysalesforce.salesforce.OryFields;
import dev.orysalesforce.salesforce.PersonObject;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.sync.AnswerShape;
import dev.orysalesforce.sync.Child;
import dev.orysalesforce.sync.Mappings;
import dev.orysalesforce.sync.Parent;
import dev.orysalesforce.sync.SyncItem;
import dev.orysalesforce.write.FieldDiff;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Compares the fields that the mappings write in their examples with the org's description of its fields. */
@Component
public class OrgCheck {

    private static final Duration GOOD_FOR = Duration.ofSeconds(30);
    private static final Set<String> OURS = Set.of(OryFields.ORY_ID, OryFields.ORY_UPDATED_AT);
    private static final String SOMEBODY = "11111111-2222-4333-8444-555555555555";

    private final Login login;
    private final Describe org;
    private final RecordCheck check;
    private final FieldDiff diff;
    private final Mappings mappings;
    /** The mappings that write into records of identities that are gone. */
    private final Set<String> ofGone;
    private final ObjectMapper json;
    private final Clock clock;

    OrgCheck(Describe org, RecordCheck check, FieldDiff diff, Mappings mappings, SyncSettings settings,
            Login login, ObjectMapper json, Clock clock) {
        this.login = login;
        this.org = org;
        this.check = check;
        this.diff = diff;
        this.mappings = mappings;
        this.ofGone = Stream.of(settings.mappingOfErased(), settings.mappingOfMissing()).filter(Objects::nonNull)
                .collect(Collectors.toSet());
        this.json = json;
        this.clock = clock;
    }

    /** Each mismatch once, however many examples show it. */
    public Collection<Finding> findings(List<Example> examples) {
        Map<String, Finding> findings = new LinkedHashMap<>();
        Set<String> useless = new HashSet<>();
        try {
            login.look();
        } catch (PauseDeliveryException e) {
            return List.of(Finding.error("Salesforce", e.getMessage(), "Fix it and check again: the org was not checked."));
        }
        for (PersonObject object : List.of(PersonObject.LEAD, PersonObject.CONTACT, PersonObject.PERSON_ACCOUNT)) {
            try {
                if (object != PersonObject.PERSON_ACCOUNT) { // identities are matched in both, whatever is mapped
                    look(object.title(), useless, findings);
                } else {
                    lookForPersonAccounts(examples, useless, findings);
                }
            } catch (PauseDeliveryException e) {
                undescribed(object.title(), e, useless, findings);
            }
        }
        for (Example example : examples) {
            boolean isOfGone = ofGone.contains(example.mapping().name());
            if (isOfGone || example.mapping().isOfRecords() && !example.isOf("erased") && !example.isOf("gone")) {
                judge(example, !isOfGone, useless, findings);
            }
        }
        return findings.values();
    }

    /** An org needs them only for a mapping that {@code sync.mappings} names. */
    private void lookForPersonAccounts(List<Example> examples, Set<String> useless, Map<String, Finding> findings) {
        String object = PersonObject.PERSON_ACCOUNT.title();
        boolean isInUse = examples.stream().anyMatch(example -> isInUse(example) && example.mapping().object().equals(object));
        if (!useless.contains(PersonObject.CONTACT.title())
                && org.fields(PersonObject.CONTACT.title(), GOOD_FOR).containsKey(Describe.IS_PERSON_ACCOUNT)) {
            if (isInUse || org.isVisible(object) && org.fields(object, GOOD_FOR).containsKey(OryFields.ORY_ID)) {
                look(object, useless, findings);
            } else {
                useless.add(object);
            }
        } else {
            useless.add(object);
            if (isInUse) {
                add(findings, Finding.error(object, "A mapping answers person accounts, and this org has none: delivery of its events"
                        + " pauses.",
                        "Let sync.mappings name mappings/lead.jslt or mappings/contact.jslt, or enable person accounts in"
                                + " Setup, which can't be undone."));
            }
        }
    }

    private void look(String object, Set<String> useless, Map<String, Finding> findings) {
        if (!org.isWriteable(object, GOOD_FOR)) {
            add(findings, Finding.error(object, "This user may not create or edit a " + object + ".",
                    "Give the run-as user read, create and edit permission on it."));
            useless.add(object);
            return;
        }
        Field id = org.fields(object, GOOD_FOR).get(OryFields.ORY_ID);
        Field version = org.fields(object, GOOD_FOR).get(OryFields.ORY_UPDATED_AT);
        if (id != null && !(id.unique() && id.externalId() && id.type().equals("string"))) {
            add(findings, Finding.error(object + "." + OryFields.ORY_ID, "It is no text that is unique and an external ID:"
                    + " an identity could get several records.", "Change it; salesforce/ holds the field."));
        }
        if (version != null && !version.type().equals("datetime")) {
            add(findings, Finding.error(object + "." + OryFields.ORY_UPDATED_AT, "It is a " + version.type()
                    + ", not a date and time.", "Change it; salesforce/ holds the field."));
        }
        Set<String> found = findings.values().stream().map(Finding::place).collect(Collectors.toSet());
        check.complaints(row(new Mapping(object, object, object, null, null), json.createObjectNode(), false)).stream()
                .filter(complaint -> OURS.contains(complaint.field()) && !found.contains(object + "." + complaint.field()))
                .forEach(complaint -> add(findings, Finding.error(object + "." + complaint.field(),
                        "It " + complaint.what() + ".", "Deploy salesforce/, and give the run-as user its permission set.")));
    }

    /** The record as it would be sent: into an existing record, or as a new one. */
    private SyncItem row(Mapping mapping, ObjectNode answer, boolean isThere) {
        SyncItem item = new SyncItem(new IdentityChange(IdentityChange.RECONCILE, clock.instant(), null,
                json.createObjectNode().put("id", SOMEBODY), null, null, null, 0, null), mapping);
        if (isThere) {
            item.follow(answer.path("attributes").path("type").asText(mapping.object()), SOMEBODY, null, true);
        }
        mappings.answered(item, answer.deepCopy());
        diff.compare(item);
        return item;
    }

    private void judge(Example example, boolean alsoNew, Set<String> useless, Map<String, Finding> findings) {
        if (!(example.record(json) instanceof ObjectNode record) || record.has("skip") || AnswerShape.problem(record).isPresent()) {
            return; // skipped, or reported as a wrong example
        }
        String object = record.path("attributes").path("type").asText(example.mapping().object());
        try {
            for (boolean isThere : alsoNew ? new boolean[] {false, true} : new boolean[] {true}) {
                if (!useless.contains(object)) {
                    SyncItem item = row(example.mapping(), record, isThere);
                    item.getWantedParents().stream().filter(parent -> !useless.contains(parent.object()))
                            .forEach(parent -> judge(example, parent, useless, findings));
                    item.getChildren().stream().filter(child -> isInUse(example) && !useless.contains(child.object()))
                            .forEach(child -> judge(example, child, useless, findings));
                    shortenAddresses(item);
                    check.complaints(item).stream().filter(complaint -> !OURS.contains(complaint.field()))
                            .forEach(complaint -> add(findings, Finding.error(object + "." + complaint.field(),
                                    "It " + complaint.what() + " (" + example.expected() + ").", complaint.remedy())));
                }
            }
        } catch (PauseDeliveryException e) {
            undescribed(object, e, useless, findings);
        }
    }

    /**
     * The same for a parent, if the example has a value that it is found by. An org needs access to parents only for a mapping
     * that {@code sync.mappings} names.
     */
    private void judge(Example example, Parent parent, Set<String> useless, Map<String, Finding> findings) {
        if (!isInUse(example) || parent.match().stream().allMatch(name -> parent.value(name).isEmpty())) {
            return;
        }
        String object = parent.object();
        try {
            parent.match().forEach(name -> {
                Field field = org.fields(object, GOOD_FOR).get(name);
                if (field != null && !field.externalId() && !field.type().equals("url")) {
                    add(findings, Finding.error(object + "." + name, "No parent is found by it: it is neither an external ID nor a web"
                            + " address (" + example.expected() + ").", "Take it out of match, or make it an external ID."));
                }
            });
            if (parent.create() && !org.isCreateable(object, GOOD_FOR)) {
                add(findings, Finding.error(object, "This user may not create a " + object + ", as the mapping lets the app do.",
                        "Give the run-as user create permission on it, or let the mapping answer create: false."));
            }
            check.complaints(row(new Mapping(object, object, object, null, null), parent.fields(), !parent.create())).stream()
                    .filter(complaint -> !OURS.contains(complaint.field()))
                    .forEach(complaint -> add(findings, Finding.error(object + "." + complaint.field(),
                            "It " + complaint.what() + " (" + example.expected() + ").", complaint.remedy())));
        } catch (PauseDeliveryException e) {
            undescribed(object, e, useless, findings);
        }
    }

    private boolean isInUse(Example example) {
        return mappings.all().stream().anyMatch(mapping -> mapping.name().equals(example.mapping().name()));
    }

    /** The same for a child: whether the user may create it, and sees its fields. */
    private void judge(Example example, Child child, Set<String> useless, Map<String, Finding> findings) {
        String object = child.object();
        try {
            if (!org.isCreateable(object, GOOD_FOR)) {
                add(findings, Finding.error(object, "This user may not create a " + object + ", as the mapping lets the app do.",
                        "Give the run-as user access to it, for campaigns with the permission set Ory_Identity_Campaigns of salesforce/."));
            }
            Map<String, Field> fields = org.fields(object, GOOD_FOR);
            child.fields().fieldNames().forEachRemaining(name -> {
                if (!fields.containsKey(name)) {
                    add(findings, Finding.error(object + "." + name, "It is not a field of " + object + " that this user can see ("
                            + example.expected() + ").", "Create it, give the run-as user access to it, or take it out of the mapping."));
                }
            });
        } catch (PauseDeliveryException e) {
            undescribed(object, e, useless, findings);
        }
    }

    /**
     * E-mail addresses have 80 characters in every org, and mappings don't truncate them: a longer one is no error of the
     * mapping.
     */
    private void shortenAddresses(SyncItem item) {
        org.fields(item.getObject(), GOOD_FOR).forEach((name, field) -> {
            if (field.type().equals("email") && item.getRecord().path(name).asText().length() > field.length()) {
                item.getRecord().put(name, "somebody@example.org");
            }
        });
    }

    private static void undescribed(String object, PauseDeliveryException e, Set<String> useless, Map<String, Finding> findings) {
        useless.add(object);
        add(findings, Finding.error(object, "Salesforce does not describe this object: " + e.getMessage(),
                "Give the run-as user access to it, or correct attributes.type in the mapping."));
    }

    private static void add(Map<String, Finding> findings, Finding finding) {
        findings.putIfAbsent(finding.place() + " " + finding.remedy(), finding);
    }
}
