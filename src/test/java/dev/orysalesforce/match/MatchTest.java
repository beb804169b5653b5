package dev.orysalesforce.match;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A record that existed before its identity is adopted by e-mail, and only by the identity that owns the address. */
@Tag("any-ledger")
class MatchTest extends AppTest {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");

    private final String id = UUID.randomUUID().toString();
    private final String email = "P-" + id + "@Example.org";

    @Test
    void theRecordIsAdoptedAndEntriesOfSalesStay() {
        String there = there("Lead", Map.of());
        send(0, true, "First Ltd");
        assertThat(record(id).id()).isEqualTo(there);
        assertThat(record(id).text("LastName")).isEqualTo("Typed by sales");
        assertThat(record(id).text("Company")).isEqualTo("Theirs");
        assertThat(record(id).text("FirstName")).as("was empty").isEqualTo("Pat");
        assertThat(record(id).text("LeadSource")).as("for new records only").isNull();
        assertThat(foundBy()).isEqualTo("email");
        send(1, true, "Second Ltd");
        assertThat(record(id).text("Company")).as("changed at Ory").isEqualTo("Second Ltd");
        assertThat(record(id).text("LastName")).isEqualTo("Typed by sales");
        assertThat(SALESFORCE.org().records("Lead")).hasSize(1);
    }

    @Test
    void untilTheAddressIsVerifiedNothingIsWritten() {
        String there = there("Lead", Map.of());
        send(0, false, "First Ltd");
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        assertThat(SALESFORCE.org().records("Lead")).as("none beside it").hasSize(1);
        assertThat(ledger("outcome")).isEqualTo("skipped");
        assertThat(ledger("code")).isEqualTo("WAITS_FOR_VERIFICATION");
        send(0, true, "First Ltd"); // a verification does not change updated_at
        assertThat(record(id).id()).isEqualTo(there);
        assertThat(ledger("code")).isNull();
    }

    @Test
    void aContactHasPrecedenceOverALeadAndGetsAContactsRecord() {
        there("Lead", Map.of());
        String contact = there("Contact", Map.of());
        send(0, true, "First Ltd");
        assertThat(record(id).id()).isEqualTo(contact);
        assertThat(record(id).text("FirstName")).isEqualTo("Pat");
        assertThat(record(id).text("LastName")).isEqualTo("Typed by sales");
        assertThat(ledger("mapping")).startsWith("mappings/contact.jslt");
    }

    @Test
    void ofSeveralMatchesNoneIsAdopted() {
        String one = there("Lead", Map.of());
        String other = there("Lead", Map.of());
        send(0, true, "First Ltd");
        assertThat(record(id).id()).isNotIn(one, other);
        assertThat(ledger("code")).isEqualTo("SEVERAL_MATCHES");
        assertThat(ledger("message")).contains(one, other);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void aRecordOfAnotherIdentityIsNoMatch() {
        String other = UUID.randomUUID().toString();
        there("Lead", Map.of("Ory_Identity_Id__c", other));
        send(0, true, "First Ltd");
        assertThat(record(id).text("Company")).isEqualTo("First Ltd");
        assertThat(record(other).text("Company")).isEqualTo("Theirs");
    }

    @Test
    void aConvertedLeadIsNoMatch() {
        String there = there("Lead", Map.of("Email", "later-" + email));
        SALESFORCE.org().convertLead(there, false);
        send(0, "later-" + email, true, "First Ltd");
        assertThat(record(id).id()).as("the Contact that it has become").startsWith("003");
    }

    @Test
    void oneRecordGoesToOneIdentity() {
        String there = there("Lead", Map.of());
        SALESFORCE.faults().start(Fault.unavailable().times(1)); // so that both are in one batch
        send(id, email, true, "First Ltd", 0);
        String second = UUID.randomUUID().toString();
        send(second, email.toUpperCase(), true, "Second Ltd", 0);
        settle();
        assertThat(record(id).id()).isEqualTo(there);
        assertThat(record(second).id()).isNotEqualTo(there);
    }

    @ParameterizedTest
    @ValueSource(strings = {"o'hara+\"x\"\\@example.org", "a\\'b@example.org", "%_@example.org", "x' OR Email != '@example.org",
        "\\@example.org", "ünï@example.org", "a b@example.org", "{0}%s$1@example.org"})
    void anyFormOfAddress(String address) {
        String there = there("Lead", Map.of("Email", address));
        there("Lead", Map.of("Email", "somebody@example.org"));
        send(0, address, true, "First Ltd");
        assertThat(record(id).id()).isEqualTo(there);
    }

    @Test
    void aBatchAsksOnceAndReadsOnceWhateverItHolds() {
        adoptInOneBatch(100);
        assertThat(SALESFORCE.calls().where(call -> call.kind() == CallKind.COMPOSITE && call.status() == 200))
                .as("look-ups and reads").hasSizeLessThanOrEqualTo(4);
        assertThat(SALESFORCE.calls().where(call -> call.kind() == CallKind.UPDATE && call.status() == 200))
                .hasSizeLessThanOrEqualTo(2);
    }

    private void adoptInOneBatch(int people) {
        List<String> ids = IntStream.range(0, people).mapToObj(i -> UUID.randomUUID().toString()).toList();
        for (String person : ids) {
            there(person.charAt(0) < '8' ? "Lead" : "Contact", Map.of("Email", person + "@example.org"));
        }
        SALESFORCE.faults().start(Fault.unavailable());
        ids.forEach(person -> send(person, person + "@example.org", true, "First Ltd", 0));
        SALESFORCE.faults().clear();
        settle();
        ids.forEach(person -> assertThat(record(person).text("LastName")).isEqualTo("Typed by sales"));
    }

    @Test
    void aHiddenFieldOfAMappingIsNamedWithItsRemedy() {
        String there = there("Lead", Map.of());
        SALESFORCE.org().schema("Lead").hide("FirstName");
        send(id, email, true, "First Ltd", 0);
        await().until(() -> health().path("components").path("deliveryPause").path("details").path("code").asText()
                .equals("INVALID_FIELD"));
        assertThat(health().path("components").path("deliveryPause").path("details").toString())
                .contains("Lead.FirstName", "field-level security", "the mapping").doesNotContain("Ory_", "@");
        SALESFORCE.org().schema("Lead").show("FirstName");
        settle();
        assertThat(record(id).id()).isEqualTo(there);
    }

    /** Salesforce answers at most 2,000 records a query, in no particular order. */
    @Test
    void anAddressOfThousandsOfRecordsHidesNoOther() {
        String crowded = "info@example.org";
        IntStream.range(0, 2_001).forEach(i -> there("Lead", Map.of("Email", crowded)));
        String there = there("Lead", Map.of());
        String another = UUID.randomUUID().toString();
        SALESFORCE.faults().start(Fault.unavailable()); // so that both are in one batch
        send(another, crowded, true, "First Ltd", 0);
        send(id, email, true, "First Ltd", 0);
        SALESFORCE.faults().clear();
        settle();
        assertThat(record(id).id()).isEqualTo(there);
        assertThat(record(another).text("Company")).as("one more").isEqualTo("First Ltd");
        assertThat(sql.queryForObject("select code from identities where identity = ?", String.class, another))
                .isEqualTo("SEVERAL_MATCHES");
        assertThat(sql.queryForObject("select message from identities where identity = ?", String.class, another))
                .contains("2001 records").hasSizeLessThan(1_000);
        assertThat(SALESFORCE.calls().where(call -> call.kind() == CallKind.COMPOSITE && call.status() == 200))
                .as("two pages, and the fields of the record").hasSizeLessThanOrEqualTo(4);
    }

    @Test
    void aLookUpReadsAllPages() {
        SALESFORCE.org().queryPage(3);
        adoptInOneBatch(10);
    }

    @Test
    void aLostLedgerKeepsEntriesOfSalesInAnAdoptedRecord() {
        there("Lead", Map.of());
        send(0, true, "First Ltd");
        sql.update("delete from identities");
        send(0, true, "First Ltd");
        assertThat(record(id).text("Company")).as("not newer than its record").isEqualTo("Theirs");
    }

    private String there(String object, Map<String, Object> more) {
        Map<String, Object> fields = new HashMap<>(Map.of("LastName", "Typed by sales", "Email", email));
        if (object.equals("Lead")) {
            fields.put("Company", "Theirs");
        }
        fields.putAll(more);
        return SALESFORCE.org().insert(object, fields);
    }

    private void send(int seconds, boolean verified, String company) {
        send(seconds, email, verified, company);
    }

    private void send(int seconds, String address, boolean verified, String company) {
        send(id, address, verified, company, seconds);
        settle();
    }

    private void send(String person, String address, boolean verified, String company, int seconds) {
        ObjectNode body = Ory.identity(person, START.plusSeconds(seconds), "Person");
        ObjectNode identity = (ObjectNode) body.path("identity");
        ((ObjectNode) identity.path("traits")).put("company", company).put("email", address);
        identity.putArray("verifiable_addresses").addObject().put("value", address.toLowerCase()).put("via", "email")
                .put("verified", verified);
        assertThat(ory.sends("registration", body).statusCode()).isEqualTo(204);
    }

    private String foundBy() {
        return ledger("found_by");
    }

    private String ledger(String column) {
        return sql.queryForObject("select " + column + " from identities where identity = ?", String.class, id);
    }
}
