package dev.orysalesforce.reconcile;

import java.util.List;

/**
 * What a run does next.
 *
 * @param kind whom it concerns: ory, salesforce or erase
 * @param query query string for Ory, path and query for Salesforce; else empty
 * @param identities the identities that are asked for or erased; else empty
 */
public record ReconcileStep(String kind, String query, List<String> identities) {

    static ReconcileStep ory(String query, List<String> identities) {
        return new ReconcileStep("ory", query, identities);
    }

    static ReconcileStep salesforce(String path) {
        return new ReconcileStep("salesforce", path, List.of());
    }

    static ReconcileStep erase(List<String> identities) {
        return new ReconcileStep("erase", "", identities);
    }
}
