package dev.orysalesforce.match;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.ledger.History;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.mapping.MappingResourceResolver;
import dev.orysalesforce.sandbox.Write;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.sync.Mappings;
import dev.orysalesforce.sync.SyncItem;
import dev.orysalesforce.write.FieldDiff;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Another mapping is used only if a mapping's result is another object than the record. */
@Tag("any-ledger")
@ExtendWith(OutputCaptureExtension.class)
class OtherMappingTest extends AppTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");
    private static final Mapping LEAD = mapping("mappings/lead.jslt");
    private static final Mapping CONTACT = mapping("mappings/contact.jslt");

    @Autowired
    private CamelContext camel;

    @Autowired
    private SyncSettings settings;

    @Autowired
    private FieldDiff diff;

    private final String id = UUID.randomUUID().toString();

    @ParameterizedTest
    @ValueSource(strings = {"partner", "elsewhere"})
    void aMappingsNameIsNotItsObject(String schema) {
        send(schema, "registration", 0, "gold");
        send(schema, "settings", 1, "silver");
        assertThat(lastWrite().fields()).containsOnlyKeys("Description", "Ory_Updated_At__c");
        assertThat(record(id).text("Description")).isEqualTo("silver");
        assertThat(record(id).text("Company")).isEqualTo("Partners");
        assertThat(record(id).text("FirstName")).as("a field of lead.jslt").isNull();
        assertThat(ledger("mapping")).doesNotContain("lead.jslt");
        assertThat(ledger("code")).isNull();

        JsonNode preview = preview(schema, 2, "bronze");
        assertThat(preview.path("problems")).isEmpty();
        assertThat(preview.path("mapping").asText()).doesNotContain("lead.jslt");
        assertThat(preview.path("records").path(0).path("Description").asText()).isEqualTo("bronze");
        assertThat(preview.path("records").path(0).has("FirstName")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"partner", "elsewhere"})
    void aLeadThatBecameAContactIsMappedByAnotherMappingWithANote(String schema, CapturedOutput log) {
        LoggingSystem.get(getClass().getClassLoader()).setLogLevel(Mappings.class.getName(), LogLevel.DEBUG);
        send(schema, "registration", 0, "gold");
        String contact = SALESFORCE.org().convertLead(record(id).id(), true);
        send(schema, "settings", 1, "silver");
        assertThat(SALESFORCE.org().record(contact).text("FirstName")).as("a field of contact.jslt").isEqualTo("Pat");
        assertThat(ledger("mapping")).startsWith("mappings/contact.jslt@");
        assertThat(ledger("code")).isEqualTo("OTHER_MAPPING");
        assertThat(ledger("message")).contains("Contact", "mappings/contact.jslt").doesNotContain("silver", "Pat");
        assertThat(log.getOut().lines().filter(line -> line.contains(id) && line.contains("mappings/contact.jslt")))
                .isNotEmpty();

        assertThat(preview(schema, 2, "bronze").path("problems").toString()).contains("OTHER_MAPPING");
    }

    @Test
    void aSubstituteWithAnotherObjectIsSkipped() throws Exception {
        Mapping liar = new Mapping("liars/contact.jslt", "direct:liar", "Contact", null, null);
        Mappings mappings = mappings(Map.of("default", LEAD.name(), "liar", liar.name()), LEAD, liar, CONTACT);
        SyncItem item = knownContact(mappings);
        assertThat(answer(mappings, item, "Lead")).isEqualTo(liar.name());
        assertThat(answer(mappings, item, "Lead")).isEqualTo(CONTACT.name());
        assertThat(answer(mappings, item, "Contact")).isEqualTo(CONTACT.name());
        assertThat(item.isUnmapped()).isFalse();
        assertThat(item.getObject()).isEqualTo("Contact");
    }

    @Test
    void ifNoMappingProducesTheObjectTheFirstResultIsSentWithoutMissingFields() throws Exception {
        Mappings mappings = mappings(Map.of("default", LEAD.name()), LEAD);
        SyncItem item = knownContact(mappings);
        answer(mappings, item, "Lead");
        assertThat(item.isUnmapped()).isFalse();
        diff.compare(item);
        assertThat(item.getRecord().has("Company")).as("a Contact has none").isFalse();
        assertThat(item.getRecord().path("LastName").asText()).isEqualTo("Person");
        assertThat(item.getMapping().name()).isEqualTo(LEAD.name());
        assertThat(item.getNote().code()).isEqualTo("NO_OTHER_MAPPING");
        assertThat(item.getNote().message()).contains("Contact", "Company").doesNotContain("Person");
    }

    /** Applies a result of the item's mapping, and returns the mapping that is next, or was used. */
    private String answer(Mappings mappings, SyncItem item, String object) throws Exception {
        mappings.input(item);
        mappings.answered(item, "{\"attributes\": {\"type\": \"" + object
                + "\"}, \"LastName\": \"Person\", \"Company\": \"First Ltd\"}");
        return item.getMapping().name();
    }

    private Mappings mappings(Map<String, String> bySchema, Mapping... files) {
        Mappings mappings = new Mappings(camel, new MappingResourceResolver(), settings, json, Clock.systemUTC());
        mappings.take(bySchema, List.of(files).stream().collect(Collectors.toMap(Mapping::name, file -> "")));
        return mappings;
    }

    private SyncItem knownContact(Mappings mappings) {
        IdentityChange change = new IdentityChange("settings", START, null,
                Ory.identity(id, START.plusSeconds(1), "Person").path("identity"), null, null, null, 0, null);
        SyncItem item = new SyncItem(change, mappings.of(change));
        item.loadKnown(new LedgerEntry(id, "Contact", "003000000000001AAA", "conversion", null, null, Map.of(), Map.of(),
                "settings", START, null, null, "synced", null, null, 1, null, History.NONE));
        return item;
    }

    private static Mapping mapping(String name) {
        return new Mapping(name, "direct:none", null, null, null);
    }

    private void send(String schema, String event, int seconds, String partner) {
        assertThat(ory.sends(event, body(schema, seconds, partner)).statusCode()).isEqualTo(204);
        settle();
    }

    private JsonNode preview(String schema, int seconds, String partner) {
        return read(ory.send(ory.request("/api/preview").header("Authorization", "Bearer " + OPERATOR_TOKEN)
                .POST(BodyPublishers.ofString(body(schema, seconds, partner).toString())).build()).body());
    }

    private ObjectNode body(String schema, int seconds, String partner) {
        ObjectNode body = Ory.identity(id, START.plusSeconds(seconds), "Person");
        ((ObjectNode) body.path("identity")).put("schema_id", schema);
        ((ObjectNode) body.path("identity").path("traits")).put("partner", partner);
        return body;
    }

    private String ledger(String column) {
        return sql.queryForObject("select " + column + " from identities where identity = ?", String.class, id);
    }

    private Write lastWrite() {
        List<Write> writes = SALESFORCE.writes().ofIdentity(id);
        return writes.get(writes.size() - 1);
    }
}
