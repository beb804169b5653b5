package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.SandboxRecord;
import org.junit.jupiter.api.Tag;
import org.springframework.test.context.TestPropertySource;

@TestPropertySource(properties = {"test.context=mark", "sync.erase=mark",
    "sync.gone-mapping=src/test/resources/mappings/gone-for-tests.jslt"})
@Tag("any-ledger")
@Tag("nightly")
class EraseByMarkingTest extends ErasingTest {

    @Override
    void assertErased(SandboxRecord record) {
        assertThat(record.isDeleted()).isFalse();
        assertThat(record.identity()).isNull();
        assertThat(record.text("Ory_Updated_At__c")).isNull();
        assertThat(record.text("LastName")).isEqualTo("Kowalczykowa");
        assertThat(record.text("Description")).isEqualTo("Mark: erase");
    }

    @Override
    CallKind call() {
        return CallKind.UPDATE;
    }
}
