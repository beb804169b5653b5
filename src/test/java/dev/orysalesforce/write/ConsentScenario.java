package dev.orysalesforce.write;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.Write;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;

/** Events whose mapping answers an opt-out or something else, and what no test of them may find. */
abstract class ConsentScenario extends AppTest {

    static final Instant START = Instant.parse("2026-11-01T10:00:00Z");
    static final String OPT_OUT = "HasOptedOutOfEmail";

    final String id = UUID.randomUUID().toString();

    @AfterEach
    void noOptOutWasTakenBack() {
        for (Write write : SALESFORCE.writes().all()) {
            if (write.operation() != Write.Operation.CREATE) {
                List.of(OPT_OUT, "HasOptedOutOfFax").forEach(field -> {
                    if (write.fields().containsKey(field)) {
                        assertThat(write.fields().get(field)).as("%s in %s", field, write).isEqualTo(true);
                    }
                });
            }
        }
    }

    void shipped(int seconds, String trait, Object value) {
        ObjectNode body = Ory.identity(id, START.plusSeconds(seconds), "Person");
        ((ObjectNode) body.path("identity").path("traits")).set(trait, json.valueToTree(value));
        assertThat(ory.sends("settings", body).statusCode()).isEqualTo(204);
        settle();
    }

    /** @param optOut JSON; null if the mapping leaves the field out */
    void send(int seconds, String optOut) {
        event(id, seconds == 0 ? "registration" : "settings", seconds, optOut);
        settle();
    }

    void events(String event, int seconds, Consumer<ObjectNode> change) {
        body(id, event, seconds, change);
        settle();
    }

    void event(String identity, String event, int seconds, String optOut) {
        body(identity, event, seconds, traits -> {
            if (optOut != null) {
                traits.putObject("fields").set(OPT_OUT, read(optOut));
            }
        });
    }

    void body(String identity, String event, int seconds, Consumer<ObjectNode> change) {
        ObjectNode body = Ory.identity(identity, START.plusSeconds(seconds), "Person");
        ObjectNode told = (ObjectNode) body.path("identity");
        told.put("schema_id", "consent");
        change.accept(((ObjectNode) told.path("traits")).put("company", "Company " + seconds));
        assertThat(ory.sends(event, body).statusCode()).isEqualTo(204);
    }

    void verified(String identity, String optOut) {
        ObjectNode body = Ory.identity(identity, START, "Person");
        ObjectNode told = (ObjectNode) body.path("identity");
        told.put("schema_id", "consent").putArray("verifiable_addresses").addObject()
                .put("value", "p-" + identity + "@example.org").put("via", "email").put("verified", true);
        ((ObjectNode) told.path("traits")).put("company", "C").putObject("fields").set(OPT_OUT, read(optOut));
        assertThat(ory.sends("verification", body).statusCode()).isEqualTo(204);
        settle();
    }

    void give(String record) {
        assertThat(ory.gives("PATCH", "/services/data/v62.0/sobjects/Lead/Ory_Identity_Id__c/" + id,
                record.formatted(id)).statusCode()).isLessThan(300);
        settle();
    }

    void together(Runnable events, int count) {
        arriveTogether(events, count);
        settle();
    }

    void optOutBySales(boolean value) {
        SALESFORCE.org().edit(record(id).id(), Map.of(OPT_OUT, value));
    }

    List<Write> writesOf(String field) {
        return SALESFORCE.writes().ofIdentity(id).stream().filter(write -> write.fields().containsKey(field)).toList();
    }

    String ledger(String column) {
        return sql.queryForObject("select " + column + " from identities where identity = ?", String.class, id);
    }
}
