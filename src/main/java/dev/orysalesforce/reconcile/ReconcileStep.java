package dev.orysalesforce.reconcile;

import java.util.List;

/**
 * The next step of a run.
 *
 * @param kind the system that it concerns, or what is done: ory, salesforce, mark or erase
 * @param query query string for Ory, path and query for Salesforce; else empty
 * @param identities the identities to query, mark or erase; else empty
 */
public record ReconcileStep(String kind, String query, List<String> identities) {

    static ReconcileStep ory(String query, List<String> identities) {
        return new ReconcileStep("ory", query, identities);
    }

    static ReconcileStep salesforce(String path) {
        return new ReconcileStep("salesforce", path, List.of());
    }

    static ReconcileStep mark(List<String> identities) {
        return new ReconcileStep("mark", "", identities);
    }

    static ReconcileStep erase(List<String> identities) {
        return new ReconcileStep("erase", "", identities);
    }
}
