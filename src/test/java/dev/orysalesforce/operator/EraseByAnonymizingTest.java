package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.SandboxRecord;
import org.junit.jupiter.api.Tag;
import org.springframework.test.context.TestPropertySource;

@TestPropertySource(properties = {"test.context=anonymize", "sync.erase=anonymize"})
@Tag("any-ledger")
@Tag("nightly")
class EraseByAnonymizingTest extends ErasingTest {

    @Override
    void assertErased(SandboxRecord record) {
        assertThat(record.isDeleted()).isFalse();
        assertThat(record.identity()).isNull();
        assertThat(record.text("Ory_Updated_At__c")).isNull();
        assertThat(record.text("LastName")).isEqualTo("[Erased]");
        assertThat(record.text("FirstName")).isNull();
        assertThat(record.text("Email")).isNull();
        assertThat(record.text("Company")).isEqualTo(record.object().equals("Lead") ? "[Erased]" : null);
    }

    @Override
    CallKind call() {
        return CallKind.UPDATE;
    }
}
