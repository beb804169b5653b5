package dev.orysalesforce.sync;

import dev.orysalesforce.journal.Version;

/**
 * The record in Salesforce that an item is about.
 *
 * @param object Lead, Contact or PersonAccount; null until a mapping has answered, or the record was found
 * @param salesforceId null while there is no record
 * @param foundBy how the record was found; null if it was not
 * @param version which version of the identity the record holds; null if that is not known
 * @param stamp whether the record does not carry the Ory ID yet
 * @param followed whether it is another record than the ledger knows
 */
public record Target(String object, String salesforceId, String foundBy, Version version, boolean stamp, boolean followed) {

    static final Target UNKNOWN = new Target(null, null, null, null, false, false);

    boolean hasRecord() {
        return salesforceId != null;
    }

    Target as(String object) {
        return new Target(object, salesforceId, foundBy, version, stamp, followed);
    }

    Target at(Version version) {
        return new Target(object, salesforceId, foundBy, version, stamp, followed);
    }

    Target found(String object, String salesforceId, String foundBy) {
        return new Target(object, salesforceId, foundBy, version, stamp, followed);
    }

    /** Another record than the one that the ledger knows, if it knows one. */
    Target follow(String object, String salesforceId, String foundBy, boolean stamp) {
        return new Target(object, salesforceId, foundBy, version, stamp, true);
    }
}
