package dev.orysalesforce.parent;

import dev.orysalesforce.salesforce.SoqlLookup;
import java.util.List;

/**
 * A call that looks for parents.
 *
 * @param parts at most five, Salesforce's limit
 */
public record ParentLookup(List<Part> parts) {

    /**
     * One of its queries.
     *
     * @param isOfFormer whether it asks what became of records that Salesforce refuses links to
     * @param requests the parents that it asks for
     */
    record Part(SoqlLookup.Query query, boolean isOfFormer, List<ParentRequest> requests) {}
}
