package dev.orysalesforce.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.console.Browser;
import dev.orysalesforce.doctor.SetUpChecks;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.reconcile.ReconcileTest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

@TestPropertySource(properties = "test.context=reconcile")
@Tag("any-ledger")
class DemoScriptTest extends ReconcileTest {

    @Autowired
    private EmbeddedActiveMQ broker;

    @Autowired
    private SetUpChecks checks;

    @Test
    void theDemoPrintsTheOutcomeOfEachSampleAndFillsThePagesOfTheConsole() {
        sql.update("delete from audit");
        sql.update("delete from activity");
        Browser browser = new Browser(port);
        browser.logIn(OPERATOR_TOKEN);
        List<String> lines = run(browser);
        assertThat(line(lines, "Ada signs up")).contains("204", "Lead created: Ada Lovelace");
        assertThat(line(lines, "Ada marries")).contains("204", "Lead updated: Ada King, ada@king.example.org");
        assertThat(line(lines, "Sinéad")).contains("Lead created: Sinéad O'Brien-Müller");
        assertThat(line(lines, "Åsa")).contains("204", "dead letter INVALID_EMAIL_ADDRESS");
        assertThat(line(lines, "Edith")).contains("422", "dead letter IDENTITY_NOT_STORED");
        assertThat(line(lines, "A Salesforce record")).contains("400", "dead letter NO_IDENTITY");
        assertThat(line(lines, "An event near 64 KiB")).contains("400", "dead letter UNREADABLE_BODY");
        assertThat(line(lines, "Replays the dead letter of Åsa")).contains("200", "dead letter INVALID_EMAIL_ADDRESS");
        assertThat(line(lines, "Compares all identities")).containsPattern("202 +Ory lists \\d+, and \\d+ of them");
        assertThat(line(lines, "Checks the set-up")).contains("No assignment rule for Leads is active");
        assertThat(line(lines, "Tries another lead source")).containsPattern("302 +\\d+ examples compared\\. One field would change\\.");
        assertThat(SALESFORCE.org().records("Lead")).hasSize(7);

        assertShows(browser, "/console", "<dt>Dead letters</dt>.*\\d for you to decide\\.");
        assertShows(browser, "/console/dead-letters", "<tr>\\s*<td[^>]*>.*INVALID_EMAIL_ADDRESS");
        assertShows(browser, "/console/activity", "<tr>\\s*<td>.*<td[^>]*>[^<]*synced");
        assertShows(browser, "/console/mappings", "<option[^>]*>mappings/lead.jslt</option>");
        assertShows(browser, "/console/changes", "<tr>\\s*<th scope=\"row\"><code>Lead.LeadSource</code></th>");
        assertShows(browser, "/console/set-up", "<article.*No assignment rule for Leads is active");
        assertShows(browser, "/console/audit", "<tr>\\s*<td[^>]*>.*the dead letters with code INVALID_EMAIL_ADDRESS");
        HttpResponse<String> found = browser.submit(browser.get("/console/identities"), "/console/identities",
                Map.of("q", DemoScript.ADDRESS));
        assertThat(
                browser.submit(browser.get("/console/identities"), "/console/identities", Map.of("q", DemoScript.REFUSED_ADDRESS)).body())
                .contains(">INVALID_EMAIL_ADDRESS<");
        assertThat(found.body()).containsPattern("<tr>\\s*<td>\\s*<a href=\"/console/identities/").contains(">unchanged<");
    }

    private List<String> run(Browser browser) {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        new DemoScript(ory, ORY.project(), new Operator(port, OPERATOR_TOKEN), browser, checks, SALESFORCE, broker, jms, json)
                .tell(new PrintStream(told, true, StandardCharsets.UTF_8));
        return told.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** Batches are in the activity, and dead letters in their index, a moment after the commit. */
    private static void assertShows(Browser browser, String page, String row) {
        await().untilAsserted(() -> assertThat(browser.get(page).body()).containsPattern("(?s)" + row).doesNotContain("class=\"empty\""));
    }

    private static String line(List<String> lines, String start) {
        return lines.stream().filter(line -> line.strip().startsWith(start)).findFirst().orElseThrow();
    }
}
