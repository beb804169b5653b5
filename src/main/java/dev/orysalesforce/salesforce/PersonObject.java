package dev.orysalesforce.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An object of Salesforce that holds people. In the order of precedence if several of them have records of a person.
 *
 * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_guidelines_personaccounts.htm">
 *     Person accounts</a>
 */
public enum PersonObject {

    /** An Account of a record type for people, in orgs that have them. Mappings, ledger and operators call it PersonAccount. */
    PERSON_ACCOUNT("PersonAccount", "Account", "001", "PersonEmail"),
    CONTACT("Contact", "Contact", "003", "Email"),
    LEAD("Lead", "Lead", "00Q", "Email");

    private static final String PERSON = "Person";
    private static final String CUSTOM = "__c";
    private static final String CUSTOM_OF_PERSON = "__pc";

    private final String title;
    private final String sObject;
    private final String keyPrefix;
    private final String emailField;

    PersonObject(String title, String sObject, String keyPrefix, String emailField) {
        this.title = title;
        this.sObject = sObject;
        this.keyPrefix = keyPrefix;
        this.emailField = emailField;
    }

    /** The app's name of it, in {@code attributes.type} of a mapping's answer, for instance. */
    public String title() {
        return title;
    }

    /** Salesforce's name of it. */
    public String sObject() {
        return sObject;
    }

    /** The first three characters of the IDs of its records. */
    public String keyPrefix() {
        return keyPrefix;
    }

    /** The field that holds the person's e-mail address. */
    public String emailField() {
        return emailField;
    }

    /** @param withAccounts whether person accounts are among them */
    public static Stream<PersonObject> stream(boolean withAccounts) {
        return Arrays.stream(values()).filter(object -> withAccounts || object != PERSON_ACCOUNT);
    }

    /** Whether this is the object, by the app's name. */
    public boolean is(String object) {
        return title.equals(object);
    }

    /** Whether a record that a query for people has found is that of a person: the Account of a company may bear an Ory ID, too. */
    public static boolean isOfPerson(JsonNode record) {
        return of(record) != PERSON_ACCOUNT || record.path(Describe.IS_PERSON_ACCOUNT).asBoolean();
    }

    /** @param object the app's name of any object, also of one that holds no people */
    public static String sObject(String object) {
        return of(object).map(PersonObject::sObject).orElse(object);
    }

    /** @param object the app's name of any object */
    public static String emailField(String object) {
        return of(object).orElse(CONTACT).emailField;
    }

    /** The object of a record that Salesforce has answered; empty if it holds no people. */
    public static Optional<PersonObject> ofRecord(JsonNode record) {
        String type = record.path("attributes").path("type").asText();
        return Arrays.stream(values()).filter(object -> object.sObject.equals(type)).findFirst();
    }

    /** The object of a record that a query for people has found. */
    public static PersonObject of(JsonNode record) {
        return ofRecord(record).orElseThrow();
    }

    private static Optional<PersonObject> of(String object) {
        return Arrays.stream(values()).filter(one -> one.is(object)).findFirst();
    }

    /**
     * The name that the field of a Contact has in a person account, which has the fields of a Contact, too: {@code PersonTitle} and
     * {@code Floor__pc}. Or the other way round.
     */
    public static String twin(String field) {
        if (field.endsWith(CUSTOM_OF_PERSON)) {
            return field.substring(0, field.length() - CUSTOM_OF_PERSON.length()) + CUSTOM;
        }
        if (field.endsWith(CUSTOM)) {
            return field.substring(0, field.length() - CUSTOM.length()) + CUSTOM_OF_PERSON;
        }
        return field.startsWith(PERSON) ? field.substring(PERSON.length()) : PERSON + field;
    }
}
