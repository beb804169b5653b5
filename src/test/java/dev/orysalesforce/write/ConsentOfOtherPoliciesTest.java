package dev.orysalesforce.write;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.sandbox.Call;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.Write;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** Opt-outs where deleted records are made anew, registrations count as new, and erased identities are anonymized. */
@TestPropertySource(properties = {"test.context=consent", "sync.on-deleted-record=recreate", "sync.match-email=never",
    "sync.erase=anonymize", "sync.erased-mapping=src/test/resources/mappings/erased-consent.jslt", "sync.parallel-calls=1",
    "sync.one-way.[Description]=Refused", "sync.one-way.DoNotCall="})
@Tag("any-ledger")
@Tag("nightly")
class ConsentOfOtherPoliciesTest extends ConsentScenario {

    @Test
    void aRecordThatIsMadeAnewCarriesTheOptOut() {
        send(0, "true");
        send(1, null);
        SALESFORCE.org().delete(record(id).id());
        send(2, "false");
        assertThat(record(id).is(OPT_OUT)).isTrue();
        assertThat(record(id).text("Company")).isEqualTo("Company 2");
        SALESFORCE.org().delete(record(id).id());
        send(3, null);
        assertThat(record(id).is(OPT_OUT)).as("again").isTrue();
    }

    @Test
    void aRecordThatIsMadeAnewCarriesAnOptOutThatCameLate() {
        send(5, null);
        SALESFORCE.org().delete(record(id).id());
        send(0, "true");
        assertThat(SALESFORCE.org().byIdentity(id)).isEmpty();
        send(6, null);
        assertThat(record(id).is(OPT_OUT)).isTrue();
    }

    @Test
    void aRecordThatIsMadeAnewCarriesTheOptOutIfTheFirstTryIsLost() {
        send(0, "true");
        send(1, null);
        SALESFORCE.org().delete(record(id).id());
        SALESFORCE.faults().start(Fault.unavailable().on(CallKind.UPSERT).times(2));
        send(2, null);
        assertThat(record(id).is(OPT_OUT)).isTrue();
    }

    @Test
    void aRegistrationThatNobodyLookedUpDoesNotTakeAnOptOutBack() {
        send(0, "true");
        sql.update("delete from identities");
        event(id, "registration", 9, "false");
        settle();
        assertThat(record(id).is(OPT_OUT)).isTrue();
    }

    @Test
    void anErasedRecordKeepsIt() {
        send(0, "true");
        String record = record(id).id();
        assertThat(new Operator(port, OPERATOR_TOKEN).delete("/api/identities/" + id).statusCode()).isEqualTo(202);
        await().until(() -> "[Erased]".equals(SALESFORCE.org().record(record).text("LastName")));
        settle();
        assertThat(SALESFORCE.org().record(record).is(OPT_OUT)).isTrue();
    }

    @Test
    void anyFieldAndValueMayBeOneWay() {
        send(0, null);
        fields(1, Map.of("Description", "refused"));
        assertThat(record(id).text("Description")).isEqualTo("Refused");
        fields(2, Map.of("Description", "Agreed", "DoNotCall", true));
        assertThat(record(id).text("Description")).isEqualTo("Refused");
        fields(3, Map.of("Description", "Agreed", "DoNotCall", false));
        assertThat(record(id).is("DoNotCall")).as("no rule for it in these settings").isFalse();
    }

    @Test
    void withdrawalsAreWrittenFirst() {
        List<String> others = Stream.generate(() -> UUID.randomUUID().toString()).limit(210).toList();
        together(() -> {
            others.forEach(other -> event(other, "registration", 0, null));
            event(id, "registration", 0, "true");
        }, 211);
        List<Call> upserts = SALESFORCE.calls().of(CallKind.UPSERT);
        assertThat(upserts).hasSize(2);
        Write first = SALESFORCE.writes().ofIdentity(id).get(0);
        assertThat(first.call()).isEqualTo(upserts.get(0).number());
    }

    private void fields(int seconds, Map<String, Object> fields) {
        events("settings", seconds, traits -> traits.set("fields", json.valueToTree(fields)));
    }
}
