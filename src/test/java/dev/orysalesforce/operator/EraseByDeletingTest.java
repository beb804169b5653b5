package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Org;
import dev.orysalesforce.sandbox.SandboxRecord;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

@TestPropertySource(properties = {"test.context=delete", "sync.erase=delete"})
@Tag("any-ledger")
@Tag("nightly")
class EraseByDeletingTest extends ErasingTest {

    @BeforeEach
    void theRunAsUserMayDelete() {
        List.of("Lead", "Contact").forEach(object -> SALESFORCE.org().permit(object, Org.Permission.DELETE));
    }

    @Override
    void assertErased(SandboxRecord record) {
        assertThat(record.isDeleted()).isTrue();
    }

    @Override
    CallKind call() {
        return CallKind.DELETE;
    }

    @Test
    void aMissingDeletePermissionPausesDeliveryAndHealthNamesIt() {
        send(id, "customer", 0, "Kowalczykowa");
        settle();
        String record = record(id).id();
        SALESFORCE.org().forbid("Lead", Org.Permission.DELETE);
        erase(id);
        await().until(() -> health().toString().contains("INSUFFICIENT_ACCESS_OR_READONLY"));
        assertThat(health().toString()).contains("Delete on the object").doesNotContain("Kowalczykowa");
        assertThat(deadLetters()).isEmpty();
        SALESFORCE.org().permit("Lead", Org.Permission.DELETE);
        settle();
        assertErased(SALESFORCE.org().record(record));
    }

    @Test
    void aRecordThatMayNotBeDeletedDoesNotDelayTheOthers() {
        List<String> ids = Stream.generate(() -> UUID.randomUUID().toString()).limit(3).toList();
        ids.forEach(identity -> send(identity, "customer", 0, "Kowalczykowa"));
        settle();
        List<String> records = ids.stream().map(identity -> record(identity).id()).toList();
        SALESFORCE.org().makeReadOnly(records.get(1));
        inOneBatch(ids.stream().<Runnable>map(identity -> () -> erase(identity)).toArray(Runnable[]::new));
        assertErased(SALESFORCE.org().record(records.get(0)));
        assertErased(SALESFORCE.org().record(records.get(2)));
        await().until(() -> deadLetters().size() == 1);
        assertThat(deadLetters().get(0).path("identity").asText()).isEqualTo(ids.get(1));
    }
}
