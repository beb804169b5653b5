package dev.orysalesforce.salesforce;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;

/**
 * What a Lead was converted to.
 *
 * @param object a Contact, or a person account in an org that has these
 * @param record the two Ory fields of the new record, as far as they were queried
 */
public record Conversion(PersonObject object, String salesforceId, JsonNode record) {

    private static final String CONTACT = "ConvertedContact";
    private static final String ACCOUNT = "ConvertedAccount";
    private static final String ID = "Id";

    /**
     * The fields of a Lead that tell it, for a query.
     *
     * @param lead what leads to the Lead, {@code MasterRecord.} for instance; empty in a query for Leads
     * @param tellsPersonAccounts whether Contacts have the field that tells the halves of person accounts
     * @param ofAccounts whether Accounts have the two Ory fields, too
     */
    public static String fields(String lead, boolean tellsPersonAccounts, boolean ofAccounts) {
        return lead + CONTACT + ID + oryFields(lead + CONTACT)
                + (tellsPersonAccounts ? ", " + lead + CONTACT + "." + Describe.IS_PERSON_ACCOUNT + ", " + lead + ACCOUNT + ID : "")
                + (ofAccounts ? oryFields(lead + ACCOUNT) : "");
    }

    private static String oryFields(String record) {
        return ", " + record + "." + OryFields.ORY_ID + ", " + record + "." + OryFields.ORY_UPDATED_AT;
    }

    /** Empty if the Lead is not converted, or if the new record is gone for good. */
    public static Optional<Conversion> of(JsonNode lead) {
        JsonNode contact = lead.path(CONTACT);
        if (contact.path(Describe.IS_PERSON_ACCOUNT).asBoolean() && lead.hasNonNull(ACCOUNT + ID)) {
            return Optional.of(new Conversion(PersonObject.PERSON_ACCOUNT, lead.path(ACCOUNT + ID).textValue(), lead.path(ACCOUNT)));
        }
        return lead.hasNonNull(CONTACT + ID)
                ? Optional.of(new Conversion(PersonObject.CONTACT, lead.path(CONTACT + ID).textValue(), contact)) : Optional.empty();
    }

    /** The identity that the new record bears; null if it bears none. */
    public String identity() {
        return record.path(OryFields.ORY_ID).textValue();
    }

    /** Whether the query could not tell a Contact from the half of a person account. */
    public static boolean isAmbiguous(JsonNode lead) {
        return lead.path(CONTACT).isObject() && !lead.path(CONTACT).has(Describe.IS_PERSON_ACCOUNT);
    }
}
