package dev.orysalesforce.child;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.salesforce.SoqlLookup;
import java.util.List;
import java.util.function.Consumer;

/**
 * A call that looks up what children need: the records that they refer to, the values of their fields, and themselves.
 *
 * @param parts at most five, Salesforce's limit
 */
public record ChildLookup(List<Part> parts) {

    /** Whether there is something to look up. */
    public boolean isNeeded() {
        return !parts.isEmpty();
    }

    /**
     * One of its queries.
     *
     * @param found gets the records of the answer
     * @param refused is told why the run-as user may not query them
     * @param unreadable is called if Salesforce can't read a value in the query
     */
    record Part(SoqlLookup.Query query, Consumer<List<JsonNode>> found, Consumer<RecordError> refused, Runnable unreadable) {}
}
