package dev.orysalesforce.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.SandboxRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;

/** Leads that sales has converted, while Salesforce lets the app write to them. No page of Salesforce shows such a Lead. */
@TestPropertySource(properties = "test.context=conversion")
@Tag("nightly")
class ConversionTest extends ReconcileTest {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aComparisonMovesOnToTheContactAndWritesWhatItMissed(boolean carriesTheId) {
        String id = synced();
        String lead = record(id).id();
        String contact = SALESFORCE.org().convertLead(lead, carriesTheId);
        SALESFORCE.org().letEditConverted(true);
        change(id, "+44 2");
        assertThat(SALESFORCE.org().record(lead).text("Phone")).as("Salesforce accepted it").isEqualTo("+44 2");

        done();
        settle();
        assertThat(SALESFORCE.org().record(contact).text("Phone")).isEqualTo("+44 2");
        assertThat(SALESFORCE.org().record(contact).identity()).isEqualTo(id);
        assertThat(explain(id).path("salesforceId").asText()).isEqualTo(contact);
        assertThat(explain(id).path("foundBy").asText()).isEqualTo("conversion");
        assertThat(deadLetters()).isEmpty();

        change(id, "+44 3");
        assertThat(SALESFORCE.org().record(contact).text("Phone")).isEqualTo("+44 3");
        assertThat(SALESFORCE.org().record(lead).text("Phone")).isEqualTo("+44 2");
        JsonNode done = done();
        assertThat(done.path("queued").asLong()).as("known").isZero();
        assertThat(done.path("inSync").asDouble()).isEqualTo(1);
    }

    /** The conversion has copied all values to the Contact. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatSalesTypedIntoTheContactStays(boolean carriesTheId) {
        String id = synced();
        String contact = SALESFORCE.org().convertLead(record(id).id(), carriesTheId);
        SALESFORCE.org().edit(contact, Map.of("LastName", "Corrected", "Title", "Dr"));
        assertThat(doneWhileNothingIsDelivered().path("inSync").asDouble()).isEqualTo(1);
        settle();
        assertThat(explain(id).path("salesforceId").asText()).isEqualTo(contact);
        change(id, "+44 2");
        SandboxRecord record = SALESFORCE.org().record(contact);
        assertThat(record.identity()).isEqualTo(id);
        assertThat(record.text("LastName")).isEqualTo("Corrected");
        assertThat(record.text("Title")).isEqualTo("Dr");
        assertThat(record.text("Phone")).isEqualTo("+44 2");
        assertThat(deadLetters()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRecordThatNobodyWorksWithIsNotInSync(boolean carriesTheId) {
        String id = synced();
        synced();
        SALESFORCE.org().convertLead(record(id).id(), carriesTheId);
        SALESFORCE.org().letEditConverted(true);
        change(id, "+44 2");
        SALESFORCE.faults().start(Fault.unavailable().on(CallKind.UPDATE));
        JsonNode done = done();
        assertThat(done.path("inSync").asDouble()).isEqualTo(0.5);
        assertThat(done.path("goneInSalesforce").asLong()).isZero();
        SALESFORCE.faults().clear();
        settle();
        assertThat(done().path("inSync").asDouble()).isEqualTo(1);
    }

    @Test
    void aContactOfAnotherIdentityIsLeftToIt() {
        String id = synced();
        String contact = SALESFORCE.org().insert("Contact",
                Map.of("LastName", "Winner", "Ory_Identity_Id__c", UUID.randomUUID().toString()));
        SALESFORCE.org().convertLeadInto(record(id).id(), contact);
        SALESFORCE.org().letEditConverted(true);
        SandboxRecord before = SALESFORCE.org().record(contact);
        done();
        settle();
        assertThat(explain(id).path("code").asText()).isEqualTo("BELONGS_TO_OTHER");
        int writes = SALESFORCE.writes().all().size();
        change(id, "+44 2");
        assertThat(explain(id).path("code").asText()).isEqualTo("BELONGS_TO_OTHER");
        assertThat(SALESFORCE.writes().all()).hasSize(writes);
        assertThat(SALESFORCE.org().record(contact)).isEqualTo(before);
        assertThat(done().path("queued").asLong()).as("known").isZero();
    }

    private String synced() {
        String id = ORY.project().addMany(1, i -> person("Known")).get(0);
        ory.sends("registration", hook(id));
        settle();
        return id;
    }

    private void change(String id, String phone) {
        Map<String, Object> traits = new HashMap<>(person("Known"));
        traits.put("phone", phone);
        ORY.project().change(id, traits);
        ory.sends("settings", hook(id));
        settle();
    }
}
