package dev.orysalesforce.salesforce;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;

/** Without the numbers of Salesforce's answers there would be no call budget. */
class LimitInfoTest extends AppTest {

    @Autowired
    private CallBudget budget;

    @ParameterizedTest
    @CsvSource({"Sforce-Limit-Info, 90001", "sforce-limit-info, 90002", "SFORCE-LIMIT-INFO, 90003"})
    void theHeadersNameIsReadInAnyCase(String name, long limit) {
        SALESFORCE.org().usage().headerName(name);
        SALESFORCE.org().usage().limit(limit);
        ory.sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.parse("2026-11-01T10:00:00Z"), "Person"));
        settle();
        assertThat(budget.report()).containsEntry("limit", limit);
    }
}
