package dev.orysalesforce.sandbox;

import java.util.List;

/**
 * A duplicate rule which compares e-mail addresses; with Accounts, names of companies.
 *
 * @param name     developer name, appears in the details of an error
 * @param object   the object that is saved
 * @param matches  the objects that are searched
 * @param blocking true: nothing passes. false: an alert, which
 *                 {@code Sforce-Duplicate-Rule-Header: allowSave=true} passes; without that header an alert refuses
 *                 API calls, too
 * @param onUpdate whether it also runs when the e-mail address of an existing record changes
 */
public record DuplicateRule(String name, String object, List<String> matches, boolean blocking, boolean onUpdate) {

    /** Leads against Leads and Contacts, as the rule that comes with an org. */
    public static DuplicateRule leadAlert() {
        return new DuplicateRule("Standard_Lead_Duplicate_Rule", "Lead", List.of("Lead", "Contact"), false, true);
    }

    /** Contacts against Contacts and Leads, as the rule that comes with an org. */
    public static DuplicateRule contactAlert() {
        return new DuplicateRule("Standard_Contact_Duplicate_Rule", "Contact", List.of("Contact", "Lead"), false,
                true);
    }

    /** Leads against Accounts: their companies against the Accounts' names. */
    public static DuplicateRule leadAgainstCompanies() {
        return new DuplicateRule("Known_Companies", "Lead", List.of("Account"), false, true);
    }

    /** The same rule, which blocks. */
    public DuplicateRule block() {
        return new DuplicateRule(name, object, matches, true, onUpdate);
    }
}
