package dev.orysalesforce.sandbox;

import static dev.orysalesforce.sandbox.FieldRule.checkbox;
import static dev.orysalesforce.sandbox.FieldRule.datetime;
import static dev.orysalesforce.sandbox.FieldRule.of;
import static dev.orysalesforce.sandbox.FieldRule.picklist;
import static dev.orysalesforce.sandbox.FieldRule.reference;
import static dev.orysalesforce.sandbox.FieldRule.text;

import dev.orysalesforce.sandbox.FieldRule.Trait;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The rules of person accounts: an Account of a record type for people has the fields of a person instead of a name of its own, and
 * Salesforce keeps a Contact for it, which has the same values and can't be written by itself.
 *
 * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_guidelines_personaccounts.htm">
 *     Person accounts</a>
 */
final class PersonAccounts {

    static final String IS_PERSON = "IsPersonAccount";
    private static final String ACCOUNT = "Account";
    private static final String CONTACT = "Contact";
    private static final String TYPE = "RecordTypeId";
    private static final String CONTACT_ID = "PersonContactId";
    /** Fields that have the same name in both records. */
    private static final List<String> NAMES = List.of("Salutation", "FirstName", "LastName", "Phone");
    private static final Map<String, String> FIELDS = fields();

    private final Org org;

    PersonAccounts(Org org) {
        this.org = org;
    }

    /** Field of the Contact to field of the Account. */
    private static Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        for (String field : List.of("Title", "Email", "MobilePhone", "LeadSource", "HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall",
                "MailingStreet", "MailingCity", "MailingState", "MailingPostalCode", "MailingCountry")) {
            fields.put(field, "Person" + field);
        }
        fields.put(StandardObjects.IDENTITY, "Ory_Identity_Id__pc");
        fields.put(StandardObjects.UPDATED_AT, "Ory_Updated_At__pc");
        return fields;
    }

    /** Switches them on, which shows as {@code IsPersonAccount} on Account and Contact. A Lead needs no company then. */
    void enable() {
        org.schema("Lead").alter("Company", rule -> rule.with(Trait.NILLABLE));
        org.schema(CONTACT).put(checkbox(IS_PERSON).readOnly());
        org.schema("RecordType").put(checkbox("IsPersonType").readOnly());
        ObjectSchema contact = org.schema(CONTACT);
        ObjectSchema account = org.schema(ACCOUNT).put(checkbox(IS_PERSON).readOnly())
                .put(reference(TYPE, "RecordType")).put(reference(CONTACT_ID, CONTACT).readOnly())
                .put(picklist("Salutation", "Mr.", "Ms.", "Mrs.", "Dr.", "Prof.", "Mx.").withLength(40))
                .put(text("FirstName", 40)).put(text("LastName", 80).required());
        FIELDS.forEach((ofContact, ofAccount) -> contact.rule(ofContact).ifPresent(rule -> account.put(new FieldRule(ofAccount,
                ofAccount, rule.type(), rule.length(), rule.traits(), rule.values(), rule.referenceTo(), rule.defaultValue())
                .without(Trait.UNIQUE, Trait.EXTERNAL_ID))));
        org.addRecordType(ACCOUNT, "Business", true);
        addType("PersonAccount", false);
    }

    /** Adds a record type for people. */
    void addType(String name, boolean usual) {
        org.addRecordType(ACCOUNT, name, usual);
        org.edit(org.find("RecordType", "DeveloperName", name).get(0).id(), Map.of("IsPersonType", true));
    }

    /** What person-accounts of the kit deploys. */
    void deployOryFields() {
        org.schema(ACCOUNT).put(FieldRule.externalId(StandardObjects.IDENTITY, 36).labelled("Ory Identity ID"))
                .put(datetime(StandardObjects.UPDATED_AT));
    }

    private boolean areEnabled() {
        return org.schema(ACCOUNT).rule(IS_PERSON).isPresent();
    }

    /** Whether a new Account with these values is a person: by its record type, else by the usual one. */
    private boolean isPerson(Map<String, Object> values) {
        Object type = values.get(TYPE);
        return org.records("RecordType").stream().filter(one -> one.is("IsPersonType"))
                .anyMatch(one -> type == null ? org.isUsualType(ACCOUNT, one.text("DeveloperName")) : one.id().equals(type));
    }

    /** The fields that a record must have. */
    boolean requires(ObjectSchema schema, FieldRule rule, Map<String, Object> values) {
        return !schema.name().equals(ACCOUNT) || !areEnabled() || !rule.name().equals(isPerson(values) ? "Name" : "LastName");
    }

    /** @param values of a new Account, or of changes of one */
    void complete(ObjectSchema schema, SandboxRecord before, Map<String, Object> values) {
        if (!areEnabled()) {
            return;
        }
        if (schema.name().equals(CONTACT) && before != null && before.is(IS_PERSON)) {
            // Salesforce refuses it; its words are not known here
            throw new RowRefused("INVALID_OPERATION", "the contact of a person account can't be written by itself");
        }
        if (!schema.name().equals(ACCOUNT)) {
            return;
        }
        boolean isPerson = before == null ? isPerson(values) : before.is(IS_PERSON);
        Object type = values.get(TYPE);
        if (type != null && org.recordTypes(ACCOUNT).stream().noneMatch(one -> org.typeId(ACCOUNT, one.name()).equals(type))) {
            throw new RowRefused("INVALID_CROSS_REFERENCE_KEY", "Record Type ID: this ID value isn't valid for the user: " + type, TYPE);
        }
        List<String> wrong = values.keySet().stream().filter(field -> isPerson ? field.equals("Name")
                : FIELDS.containsValue(field) || List.of("Salutation", "FirstName", "LastName").contains(field)).sorted().toList();
        if (!wrong.isEmpty()) {
            throw new RowRefused("INVALID_FIELD_FOR_INSERT_UPDATE", "Account: bad field names on insert/update call: "
                    + String.join(", ", wrong), wrong.toArray(String[]::new));
        }
        values.put(IS_PERSON, isPerson);
    }

    /** The Account together with its Contact. */
    SandboxRecord mirrored(SandboxRecord account, BiConsumer<ObjectTable, SandboxRecord> put) {
        if (!account.object().equals(ACCOUNT) || !account.is(IS_PERSON)) {
            return account;
        }
        ObjectTable contacts = org.table(CONTACT);
        Map<String, Object> values = new HashMap<>();
        NAMES.forEach(field -> values.put(field, account.get(field)));
        FIELDS.forEach((ofContact, ofAccount) -> values.put(ofContact, account.get(ofAccount)));
        values.put("AccountId", account.id());
        values.put(IS_PERSON, true);
        values.put("IsDeleted", account.isDeleted());
        SandboxRecord half = account.text(CONTACT_ID) == null ? org.newRecord(contacts.schema(), values)
                : org.changed(contacts.get(account.text(CONTACT_ID)), values);
        put.accept(contacts, half);
        return org.changed(account, Map.of(CONTACT_ID, half.id()));
    }

    /** A Lead without a company becomes one of these. */
    boolean takes(SandboxRecord lead) {
        return areEnabled() && lead.get("Company") == null;
    }

    /** The values of the Account that a Lead is converted to. */
    Map<String, Object> converted(SandboxRecord lead, boolean carriesExternalId) {
        Map<String, Object> account = new LinkedHashMap<>();
        account.put(TYPE, org.typeId(ACCOUNT, "PersonAccount"));
        NAMES.forEach(field -> account.put(field, lead.get(field)));
        FIELDS.forEach((ofContact, ofAccount) -> {
            if (org.schema("Lead").rule(ofContact).isPresent() && !ofAccount.endsWith("__pc")) {
                account.put(ofAccount, lead.get(ofContact));
            }
        });
        if (carriesExternalId) {
            account.put("Ory_Identity_Id__pc", lead.get(StandardObjects.IDENTITY));
            account.put("Ory_Updated_At__pc", lead.get(StandardObjects.UPDATED_AT));
        }
        return account;
    }
}
