package dev.orysalesforce.reconcile;

import java.util.List;

/**
 * What a run does next.
 *
 * @param kind whom it concerns: ory, salesforce or erase
 * @param question query string for Ory, path and query for Salesforce; else empty
 * @param identities the identities that are asked for or erased; else empty
 */
public record Step(String kind, String question, List<String> identities) {

    static Step ory(String query, List<String> identities) {
        return new Step("ory", query, identities);
    }

    static Step salesforce(String path) {
        return new Step("salesforce", path, List.of());
    }

    static Step erase(List<String> identities) {
        return new Step("erase", "", identities);
    }
}
