package dev.orysalesforce.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.ledger.BoundedLookup;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.receive.SalesforceError;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Answers as Salesforce would, without waiting for it: the record's ID if the ledger knows it, else null. */
@Component("gatewayResponses")
public class GatewayResponses {

    private final Ledger ledger;
    private final BoundedLookup lookup;
    private final ObjectMapper json;

    GatewayResponses(Ledger ledger, BoundedLookup lookup, ObjectMapper json) {
        this.ledger = ledger;
        this.lookup = lookup;
        this.json = json;
    }

    /** The answer once all events are on disk. */
    public Answer of(GatewayRequest delivery) {
        if (delivery.isRefused()) {
            return new Answer(400, json.valueToTree(List.of(delivery.records().get(0).error())));
        }
        Map<String, String> known = known(delivery);
        ArrayNode results = json.createArrayNode();
        for (GatewayRecord record : delivery.records()) {
            results.add(record.isAccepted() ? accepted(record.event(), known) : refused(record.error()));
        }
        return switch (delivery.kind()) {
            case COLLECTION -> new Answer(200, results);
            case CREATE -> new Answer(201, results.get(0));
            case UPSERT -> new Answer(results.get(0).path("created").asBoolean() ? 201 : 200, results.get(0));
        };
    }

    /** One error for any kind of request. */
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

    private ObjectNode accepted(IdentityChange event, Map<String, String> known) {
        ObjectNode result = json.createObjectNode().put("id", known.get(event.identityId())).put("success", true);
        result.putArray("errors");
        return result.put("created", !known.containsKey(event.identityId()));
    }

    /** In a collection, Salesforce uses another name for the code. */
    private ObjectNode refused(SalesforceError error) {
        ObjectNode result = json.createObjectNode().put("success", false);
        ObjectNode one = result.putArray("errors").addObject().put("statusCode", error.errorCode())
                .put("message", error.message());
        one.set("fields", json.valueToTree(error.fields()));
        return result;
    }

    /** Without the ledger the gateway still accepts records. */
    private Map<String, String> known(GatewayRequest delivery) {
        List<String> identities = delivery.getEvents().stream().map(IdentityChange::identityId).distinct().toList();
        return lookup.ask(() -> ledger.find(identities), Map.<String, LedgerEntry>of()).values().stream()
                .filter(LedgerEntry::hasRecord).collect(Collectors.toMap(LedgerEntry::identity, LedgerEntry::salesforceId));
    }
}
