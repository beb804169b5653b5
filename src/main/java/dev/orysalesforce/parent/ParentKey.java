package dev.orysalesforce.parent;

import java.util.List;

/**
 * A value that a parent is found by.
 *
 * @param field of the parent
 * @param isHost whether the value is the host of a web address
 * @param value as it identifies the parent: an external ID, or a host in lower case
 * @param reference what the ledger knows it by
 */
record ParentKey(String field, boolean isHost, String value, String reference) {

    private static final List<String> SCHEMES = List.of("", "http://", "https://");

    /** What a query asks for: people write a web address in many ways. Salesforce compares without regard to case. */
    List<String> spellings() {
        return !isHost ? List.of(value) : SCHEMES.stream().flatMap(scheme -> List.of("", "www.").stream()
                .flatMap(www -> List.of("", "/").stream().map(slash -> scheme + www + value + slash))).toList();
    }

    /** Whether a value that Salesforce has answered is meant. */
    boolean is(String stored) {
        return isHost ? value.equals(WebAddress.host(stored)) : value.equalsIgnoreCase(stored);
    }
}
