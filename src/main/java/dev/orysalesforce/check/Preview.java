package dev.orysalesforce.check;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * The record that would be sent for an event.
 *
 * @param records as in the body of the call: first for the existing record (its {@code id} tells), if there is one, then for
 *     a new one
 * @param problems the reasons against it; empty when good
 * @param mapping the mapping that was used, with its version
 */
public record Preview(List<ObjectNode> records, List<RecordProblem> problems, String mapping) {

    /** Whether Salesforce would reject it. */
    @JsonIgnore
    public boolean isRefused() {
        return problems.stream().anyMatch(problem -> problem.severity().equals("error"));
    }
}
