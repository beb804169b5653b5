package dev.orysalesforce.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.alert.AlertReceivers;
import dev.orysalesforce.operator.Operator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** People are told that a changed file was rejected, and that the files are accepted again; alerts survive a reload. */
@TestPropertySource(properties = "test.context=edited-with-alerts")
@Tag("nightly")
@Tag("any-ledger")
class RejectedChangeAlertTest extends ReloadAppTest {

    private static final AlertReceivers RECEIVERS = AlertReceivers.start();

    @DynamicPropertySource
    static void targets(DynamicPropertyRegistry registry) {
        RECEIVERS.configure(registry);
    }

    @Test
    void aRejectedFileIsToldAndThatItIsCorrect() {
        ConfigWorkspace.write(LEAD, "{ \"LastName\": ");
        awaitRefused(LEAD);
        await().untilAsserted(() -> assertThat(RECEIVERS.told("reload")).containsExactly("reload begun"));
        assertThat(RECEIVERS.last("reload").path("text").asText()).startsWith(LEAD.toString());
        assertThat(RECEIVERS.last("reload").path("remedy").asText()).contains("previous version");
        ConfigWorkspace.lay();
        awaitTaken(LEAD);
        await().untilAsserted(() -> assertThat(RECEIVERS.told("reload")).containsExactly("reload begun", "reload ended"));

        ConfigWorkspace.replace(ConfigWorkspace.ROUTES.resolve("alerts-post.camel.yaml"), "ory-salesforce-sync: ${body.title}",
                "Sync: ${body.title}");
        awaitTaken(ConfigWorkspace.ROUTES.resolve("alerts-post.camel.yaml"));
        Operator operator = new Operator(port, OPERATOR_TOKEN);
        await().untilAsserted(() -> assertThat(read(operator.get("/api/audit?act=reload").body()).path("items"))
                .extracting(entry -> entry.path("actor").asText() + " " + entry.path("outcome").asText() + " "
                        + entry.path("target").asText().replaceAll(".*/", ""))
                .startsWith("files done alerts-post.camel.yaml", "files refused lead.jslt"));
        assertThat(read(operator.get("/api/audit?act=reload").body()).path("items")).filteredOn(entry -> entry.path("outcome").asText()
                .equals("refused")).allSatisfy(entry -> assertThat(entry.path("result").asText()).as("where the alert links to")
                        .startsWith("Line 1: "));
        RECEIVERS.recover();
        operator.post("/api/alerts/test", "");
        await().untilAsserted(() -> assertThat(RECEIVERS.mails()).hasSize(2)
                .allSatisfy(mail -> assertThat(mail).startsWith("Sync: This is a test alert")));
    }
}
