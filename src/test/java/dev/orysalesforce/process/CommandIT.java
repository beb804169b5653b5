package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.sandbox.ory.OryAdminSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar's commands, one after the other as an operator would type them. */
@Tag("nightly")
class CommandIT {

    @Test
    void aDryRunPredictsTheBackfill(@TempDir Path folder) {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                OryAdminSandbox ory = OryAdminSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).with("ORY_ADMIN_URL", ory.url())) {
            List<String> ids = ory.project().addMany(600, i -> Map.of("email", "p" + i + "@example.org",
                    "last_name", i < 5 ? "n".repeat(81) : "Person"));
            ory.project().verify(ids.get(10));
            salesforce.org().insert("Lead", Map.of("LastName", "There", "Company", "C", "Email", "p10@example.org"));
            salesforce.org().insert("Lead", Map.of("LastName", "There", "Company", "C", "Email", "p11@example.org"));
            salesforce.org().schema("Lead").alter("LastName", rule -> rule.withLength(79));

            assertThat(app.runToItsEnd("backfill", "--dry-run")).as("some would be rejected").isEqualTo(1);
            assertThat(app.log()).containsPattern("600 identities at Ory. Nothing was written")
                    .containsPattern("create +593\\b").containsPattern("adopt +1\\b").containsPattern("wait +1\\b")
                    .containsPattern("reject +5\\b").contains("LastName takes 79 characters").doesNotContain("nnnn");
            assertThat(salesforce.writes().all()).isEmpty();

            assertThat(app.runToItsEnd("backfill")).as("dead letters").isEqualTo(1);
            assertThat(salesforce.org().records("Lead")).hasSize(595);
            assertThat(app.log()).contains("synced 594, unchanged 0, superseded 0, skipped 1, dead letters 5");
            assertThat(salesforce.org().duplicatedIdentities()).isEmpty();
        }
    }

    /** What a command needs and can't have is said in words. */
    @Test
    void withoutAnOrgDiffAndPreviewSaySo(@TempDir Path folder) throws IOException {
        Path bodies = Files.createDirectory(folder.resolve("bodies"));
        Path body = Files.writeString(bodies.resolve("body.json"), """
                {"identity":{"id":"6f1c1f0e-8f3a-4d5c-9f57-1d1f6f0f7a01","traits":{"email":"you@example.org"}}}""");
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).with("SALESFORCE_LOGIN_URL", "http://127.0.0.1:9")) {
            assertThat(app.runToItsEnd("preview", body.toString())).isEqualTo(1);
            assertThat(app.log()).contains("Salesforce could not be reached: ConnectException");
            assertThat(app.runToItsEnd("diff", "--mappings", "mappings", bodies.toString())).isEqualTo(1);
            assertThat(app.log()).contains("Salesforce could not be reached: ConnectException");
        }
    }

    @Test
    void aBackfillDoesNotRunBesideTheApp(@TempDir Path folder) throws IOException {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                OryAdminSandbox ory = OryAdminSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).start();
                AppProcess beside = new AppProcess(Files.createDirectory(folder.resolve("beside")), salesforce)
                        .with("SYNC_DATA_DIR", folder.resolve("data").toString()).with("ORY_ADMIN_URL", ory.url())) {
            assertThat(beside.runToItsEnd("backfill")).isEqualTo(1);
            assertThat(beside.log()).contains("uses the data directory").contains("POST /api/reconcile");
            Path body = Files.writeString(folder.resolve("body.json"), """
                    {"identity":{"id":"6f1c1f0e-8f3a-4d5c-9f57-1d1f6f0f7a01","traits":{"email":"you@example.org"}}}""");
            assertThat(beside.runToItsEnd("preview", body.toString())).as("a preview may").isZero();
            assertThat(beside.log()).contains("\"problems\" : [ ]").contains("[Not Provided]");
            assertThat(beside.runToItsEnd("check")).as("a check may, too").isZero();
            assertThat(beside.log()).containsPattern("Nothing wrong; \\d+ examples run").doesNotContain("not asked");
            assertThat(beside.runToItsEnd("fly")).isEqualTo(2);
            assertThat(beside.log()).contains("'fly'")
                    .containsSubsequence("Commands:", "backfill", "check", "diff", "doctor", "preview");
            assertThat(app.health()).contains("UP");
        }
    }
}
