package dev.orysalesforce.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.ledger.BoundedLookup;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.receive.Problem;
import dev.orysalesforce.receive.Problems;
import dev.orysalesforce.receive.SalesforceError;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Answers as Salesforce would, without waiting for it: the record's ID if the ledger knows it, else null. */
@Component("gatewayResponses")
public class GatewayResponses {

    private final Ledger ledger;
    private final BoundedLookup lookup;
    private final ObjectMapper json;
    private final Problems problems;

    GatewayResponses(Ledger ledger, BoundedLookup lookup, ObjectMapper json, Problems problems) {
        this.ledger = ledger;
        this.lookup = lookup;
        this.json = json;
        this.problems = problems;
    }

    /** The answer, once the event or the dead letter is on disk. */
    public Answer of(GatewayRecord record) {
        if (!record.isAccepted()) {
            return new Answer(400, json.valueToTree(List.of(record.error())));
        }
        String salesforceId = known(record.event().identityId());
        ObjectNode result = json.createObjectNode().put("id", salesforceId).put("success", true);
        result.putArray("errors");
        return new Answer(record.create() || salesforceId == null ? 201 : 200, result.put("created", salesforceId == null));
    }

    /** @param key of {@code problems.yaml} */
    public Answer error(String key) {
        Problem problem = problems.problem(key);
        return error(problem.status(), problem.code(), problem.detail());
    }

    /** An error of an integrator's own route. */
    public Answer error(int status, String errorCode, String message) {
        return new Answer(status, json.valueToTree(List.of(SalesforceError.of(errorCode, message))));
    }

    /**
     * The answer to the caller.
     *
     * @param status HTTP status
     * @param body JSON
     */
    public record Answer(int status, JsonNode body) {}

    /** Without the ledger the gateway still accepts records. */
    private String known(String identity) {
        return lookup.ask(() -> ledger.find(List.of(identity)), Map.<String, LedgerEntry>of()).values().stream()
                .filter(LedgerEntry::hasRecord).map(LedgerEntry::salesforceId).findFirst().orElse(null);
    }
}
