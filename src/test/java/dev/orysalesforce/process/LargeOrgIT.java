package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.sandbox.ory.OryAdminSandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A comparison with an org that has many records, in a heap of 128 MB. {@code -Pfaults} has a million of them ({@code
 * -Dlarge.org}).
 */
@Tag("faults")
@Tag("nightly")
class LargeOrgIT {

    private static final int RECORDS = Integer.getInteger("large.org", 20_000);
    private static final int AT_ORY = 500;
    private static final int PAGE = 2_000;
    private static final String TOKEN = "first-operator-token";

    @Test
    void aComparisonReadsEachPageOnceAndNeedsNoMoreMemory(@TempDir Path folder) throws IOException {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                OryAdminSandbox ory = OryAdminSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).with("ORY_ADMIN_URL", ory.url()).with("OPERATOR_TOKEN", TOKEN)
                        .with("SYNC_RECONCILE_EVERY", "0").asBuilt("-Xmx128m", "-XX:+ExitOnOutOfMemoryError")) {
            for (int i = 0; i < RECORDS; i++) {
                salesforce.org().insert("Lead", Map.of("LastName", "Person", "Company", "C",
                        "Ory_Identity_Id__c", UUID.randomUUID().toString(), "Ory_Updated_At__c", "2026-11-01T10:00:00.000+0000"));
            }
            List<String> identities = ory.project().addMany(AT_ORY, i -> Map.of("email", "p" + i + "@example.org", "last_name", "P"));
            app.start();
            long atFirst = salesforce.writes().count();
            identities.forEach(id -> assertThat(app.ory().sends("registration", ory.project().hook(id)).statusCode()).isEqualTo(204));
            await().atMost(Duration.ofMinutes(2)).until(() -> salesforce.writes().count() == atFirst + AT_ORY);

            int before = queries(salesforce);
            long begin = System.nanoTime();
            assertThat(app.operator(TOKEN).post("/api/reconcile", "").statusCode()).isEqualTo(202);
            await().atMost(Duration.ofMinutes(30)).until(() -> List.of("done", "failed").contains(reconcile(app).path("state").asText()));
            JsonNode result = reconcile(app);
            System.out.printf("%,d records were compared in %d s with %d calls%n", RECORDS,
                    Duration.ofNanos(System.nanoTime() - begin).toSeconds(), queries(salesforce) - before);
            assertThat(result.path("state").asText()).as(result.toString()).isEqualTo("done");
            assertThat(result.path("inSync").asDouble()).isEqualTo(1);
            assertThat(queries(salesforce) - before).as("a call for each page of Leads, and one for no Contacts")
                    .isLessThanOrEqualTo((RECORDS + AT_ORY) / PAGE + 3);
            assertThat(app.isAlive()).isTrue();
            assertThat(app.log()).doesNotContain("OutOfMemoryError");
        }
    }

    private static int queries(SalesforceSandbox salesforce) {
        return salesforce.calls().of(CallKind.QUERY).size();
    }

    private static JsonNode reconcile(AppProcess app) throws IOException {
        return new ObjectMapper().readTree(app.operator(TOKEN).get("/api/status").body()).path("reconcile");
    }
}
