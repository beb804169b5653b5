package dev.orysalesforce.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.check.DiffRun;
import dev.orysalesforce.check.DiffRuns;
import dev.orysalesforce.ledger.Audit;
import dev.orysalesforce.ledger.StuckDatabase;
import dev.orysalesforce.mapping.MappingResourceResolver;
import dev.orysalesforce.operator.Role;
import dev.orysalesforce.reconcile.ReconcileTest;
import dev.orysalesforce.sandbox.ory.OryFault;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.util.ReflectionTestUtils;

/** The page on which candidate mappings are compared with those in use; it sends and saves nothing. */
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(properties = "test.context=reconcile")
@Tag("any-ledger")
@Tag("nightly")
class ConsoleChangesTest extends ReconcileTest {

    private static final String PAGE = "/console/changes";
    private static final String COMPARE = PAGE + "/compare";
    private static final String NAME = "Kowalczykowa";
    private static final CharSequence[] NAMES = {"Hopper", "Lovelace", "Clarke"}; // of the examples
    private static final String LAST = "  \"LastName\": cut($person.lastName, 80),\n";
    private static final String LOUD = "  \"LastName\": uppercase(cut($person.lastName, 80)),\n";

    @Autowired
    private Audit audit;

    @Autowired
    private DiffRuns runs;

    @Autowired
    private MappingResourceResolver texts;

    @Autowired
    private ApplicationContext app;

    private Browser browser;

    @BeforeEach
    void loggedIn() {
        sql.update("delete from audit");
        ReflectionTestUtils.setField(runs, "last", null);
        browser = new Browser(port);
        browser.logIn(OPERATOR_TOKEN);
    }

    @AfterEach
    void nothingIsSentOrKept() {
        ORY.recover();
        await().until(() -> runs.last() == null || !runs.last().isRunning());
        assertThat(SALESFORCE.writes().all()).isEmpty();
        assertThat((Map<?, ?>) ReflectionTestUtils.getField(texts, "candidates")).isEmpty();
        assertThat(((Map<?, ?>) ReflectionTestUtils.getField(texts, "byLocation")).keySet()).asString().doesNotContain("candidate/");
    }

    @Test
    void thePageTellsWhatItWouldShow() {
        String page = browser.get(PAGE).body();
        assertThat(page).contains("<h1>Changes</h1>", "No mappings have been compared since the app was started.",
                "<option value=\"mappings/lead.jslt\" selected=\"selected\">", "&quot;LastName&quot;", "Compare over the examples",
                "Compare over all identities at Ory", "type=\"file\"")
                .doesNotContain("hx-get", "Show values", "changes.csv", "erased.jslt");
        assertThat(browser.get(PAGE + "?mapping=mappings%2Fevent.jslt&mapping=mappings%2Fperson.jslt").body())
                .contains("<h3>mappings/event.jslt</h3>", "<h3>mappings/person.jslt</h3>").doesNotContain("<h3>mappings/lead.jslt</h3>");
        assertThat(browser.get(PAGE + "?mapping=application.yaml").statusCode()).isEqualTo(400);
        assertThat(browser.get(PAGE + ".csv").body()).isEqualTo("\"field\",\"kind\",\"records\",\"examples\"\r\n");
    }

    @Test
    void aCandidateIsComparedOverTheExamples() {
        String page = ended(compare("examples", candidate("mappings/lead.jslt", "jslt", edited(LAST, LOUD))));
        assertThat(page).contains("examples compared.", "One field would change.", "candidate/lead.jslt");
        assertThat(row(page, "Lead.LastName")).contains("<td>changes</td>", "<code>event/");
        assertThat(page).contains("The texts are those of the last comparison.");
        assertThat(browser.get(PAGE + "?mapping=mappings%2Flead.jslt").body())
                .doesNotContain("The texts are those of the last comparison.");
        assertThat(page).as("the text stays in the form").contains("uppercase(cut($person.lastName, 80))");
        assertThat(live(page)).as("no value is shown").doesNotContainIgnoringCase(NAMES);
        assertThat(browser.get(PAGE + ".csv").body()).contains("\"identities\",\"changed\",", "\"Lead.LastName\",\"changes\",", " event/")
                .doesNotContainIgnoringCase(NAMES);
    }

    @Test
    void anExampleIsMappedByTheMappingOfItsFolder() {
        String contact = file("mappings/contact.jslt").replace(LAST, LOUD);
        assertThat(contact).contains(LOUD);
        String page = ended(compare("examples", candidate("mappings/contact.jslt", "jslt", contact)));
        assertThat(row(page, "Contact.LastName")).contains("<td>changes</td>", "<code>contact/");
        assertThat(live(page)).doesNotContain("<code>Lead.");
    }

    @Test
    void severalCandidatesInAnyLanguageReplaceTheMappingsOfTheirNames() {
        String person = file("mappings/person.jslt");
        Map<String, byte[]> files = Map.of("lead.ds", bytes("{LastName: 'Fixed', Company: body.person.lastName}"), "person.jslt",
                bytes(person + "\n// the same"));
        List<Map.Entry<String, String>> unchanged = candidate("mappings/lead.jslt", "jslt", file("mappings/lead.jslt"));
        String page = ended(browser.upload(COMPARE, form("examples", unchanged), files));
        assertThat(page).contains("candidate/lead.ds, candidate/person.jslt", "Company: body.person.lastName");
        assertThat(row(page, "Lead.LastName")).contains("<td>changes</td>");
    }

    @Test
    void twoFilesForOneMappingAreRefused() {
        Map<String, byte[]> files = Map.of("lead.ds", bytes("{LastName: 'One'}"), "lead.jslt", bytes("{\"LastName\": \"Two\"}"));
        List<Map.Entry<String, String>> unchanged = candidate("mappings/lead.jslt", "jslt", file("mappings/lead.jslt"));
        assertThat(browser.upload(COMPARE, form("examples", unchanged), files).body())
                .contains("Both would replace the same mapping.", "lead.ds", "lead.jslt");
        assertThat(runs.last()).isNull();
    }

    @Test
    void allIdentitiesAreComparedThroughAnOutageOfOry(CapturedOutput log) {
        ORY.project().addMany(600, i -> person(NAME));
        ORY.fail(OryFault.serverError().after(1));
        HttpResponse<String> started = compare("identities", candidate("mappings/lead.jslt", "jslt", edited(LAST, LOUD)));
        assertThat(Browser.location(started)).isEqualTo(PAGE);
        await().untilAsserted(() -> assertThat(browser.get(PAGE + "/live").body()).contains("hx-get=\"/console/changes/live\"",
                "The comparison is running: 500 identities compared.", "It waits: Ory&#39;s Admin API answered 500", "Look again",
                "action=\"/console/changes/cancel\"").doesNotContain("<html"));

        HttpResponse<String> second = compare("examples", candidate("mappings/lead.jslt", "jslt", "{\"LastName\": \"second\"}"));
        assertThat(second.statusCode()).isEqualTo(200);
        assertThat(second.body()).contains("Another comparison is running.", "{&quot;LastName&quot;: &quot;second&quot;}");
        assertThat(browser.get(PAGE + ".csv").body().lines()).as("no result yet").hasSize(1);

        ORY.recover();
        String page = ended(started);
        assertThat(page).contains("600 identities compared.", "A rewrite would take 3 calls to Salesforce.");
        assertThat(row(page, "Lead.LastName")).contains("<td>changes</td>", "<td>600</td>",
                "href=\"/console/identities/" + ORY.project().ids().get(0) + "\"");
        assertThat(live(page)).doesNotContain("hx-get", NAME);
        assertThat(browser.get(PAGE + ".csv").body())
                .contains("\"Lead.LastName\",\"changes\",\"600\",\"" + String.join(" ", ORY.project().ids().subList(0, 3)) + "\"");
        assertThat(log.getAll()).doesNotContain(NAME, NAME.toUpperCase());
    }

    @Test
    void aComparisonIsCancelled() {
        ORY.project().addMany(600, i -> person(NAME));
        ORY.fail(OryFault.serverError().after(1));
        compare("identities", candidate("mappings/lead.jslt", "jslt", edited(LAST, LOUD)));
        await().until(() -> browser.get(PAGE).body().contains("It waits: "));

        HttpResponse<String> cancelled = browser.submit(browser.get(PAGE), PAGE + "/cancel", Map.of());
        assertThat(browser.follow(cancelled).body()).contains("The comparison ends as soon as");
        await().untilAsserted(
                () -> assertThat(browser.get(PAGE).body()).contains("The comparison was cancelled after 500 identities.", "<td>500</td>"));
        ORY.recover();
        assertThat(ended(compare("identities", candidate("mappings/lead.jslt", "jslt", edited(LAST, LOUD)))))
                .contains("600 identities compared.");
    }

    @Test
    void aWrongKeyIsTold() {
        ORY.requireKey("another");
        assertThat(ended(compare("identities", candidate("mappings/lead.jslt", "jslt", edited(LAST, LOUD)))))
                .contains("The comparison failed after 0 identities: Ory&#39;s Admin API answered 401. Check ORY_ADMIN_TOKEN");
    }

    @Test
    void valuesNeedTheRolePrivacyAndAreInTheAudit(CapturedOutput log) {
        String id = ORY.project().add(person(NAME));
        Browser operator = Logins.with(app, port, OPERATOR_TOKEN, Role.VIEWER, Role.OPERATOR);
        operator.upload(COMPARE, form(operator, "identities", candidate("mappings/lead.jslt", "jslt", edited(LAST, LOUD))), Map.of());
        await().until(() -> !runs.last().isRunning());
        HttpResponse<String> result = operator.get(PAGE);
        assertThat(result.body()).contains("Lead.LastName", id).doesNotContain("Show values", NAME, NAME.toUpperCase());
        for (String path : List.of(PAGE + "/reveal", PAGE + "/csv/reveal")) {
            HttpResponse<String> refused = operator.post(path, Browser.hidden(result, COMPARE));
            assertThat(refused.statusCode()).isEqualTo(403);
            assertThat(refused.body()).doesNotContain(NAME);
        }

        Browser viewer = Logins.with(app, port, OPERATOR_TOKEN, Role.VIEWER);
        assertThat(viewer.get(PAGE).body()).contains("Lead.LastName", id).doesNotContain("<textarea", "Show values", NAME);
        assertThat(viewer.post(COMPARE, Browser.hidden(viewer.get(PAGE), "/console/logout")).statusCode()).isEqualTo(403);
        assertThat(acts()).containsExactly("diff null done");
        sql.update("delete from audit");

        Browser privacy = Logins.with(app, port, OPERATOR_TOKEN, Role.VIEWER, Role.PRIVACY);
        HttpResponse<String> page = privacy.get(PAGE);
        assertThat(page.body()).contains("Show values").doesNotContain("<textarea", NAME);
        HttpResponse<String> revealed = privacy.submit(page, PAGE + "/reveal", Map.of());
        assertThat(revealed.body()).contains("<td>" + NAME + "</td>", "<td>" + NAME.toUpperCase() + "</td>", "<code>" + id + "</code>");
        assertThat(acts()).containsExactly("reveal " + id + " done");
        assertThat(privacy.get(PAGE).body()).as("nothing keeps them").doesNotContain(NAME);

        HttpResponse<String> file = privacy.submit(page, PAGE + "/csv/reveal", Map.of());
        assertThat(file.headers().firstValue("Content-Disposition")).contains("attachment; filename=\"changed-values.csv\"");
        assertThat(file.body())
                .contains("\"Lead.LastName\",\"changes\",\"" + id + "\",\"" + NAME + "\",\"" + NAME.toUpperCase() + "\"\r\n");
        assertThat(acts()).containsExactly("reveal " + id + " done", "reveal " + id + " done");
        assertThat(log.getAll()).doesNotContain(NAME, NAME.toUpperCase());
    }

    @Test
    void withoutAnEntryOfTheAuditThereAreNoValues() throws SQLException {
        ORY.project().add(person(NAME));
        ended(compare("identities", candidate("mappings/lead.jslt", "jslt", edited(LAST, LOUD))));
        HttpResponse<String> page = browser.get(PAGE);
        sql.update("delete from audit");
        DiffRun last = runs.last();
        try (StuckDatabase stuck = new StuckDatabase(sql.getDataSource())) {
            assertThat(compare("identities", candidate("mappings/lead.jslt", "jslt", edited(LAST, LOUD))).body())
                    .contains("message bad", "the audit");
            assertThat(runs.last()).as("no other one has begun").isSameAs(last);
            for (String path : List.of(PAGE + "/reveal", PAGE + "/csv/reveal")) {
                HttpResponse<String> refused = browser.submit(page, path, Map.of());
                assertThat(refused.body()).contains("message bad", "the audit").doesNotContain(NAME);
            }
        }
        ORY.unplug();
        assertThat(browser.submit(page, PAGE + "/reveal", Map.of()).body()).contains("Ory&#39;s Admin API can&#39;t be reached")
                .doesNotContain(NAME);
        ORY.plugIn();
        assertThat(acts()).singleElement().asString().endsWith("failed");
    }

    @Test
    void valuesOfExamplesAreInTheAuditToo() {
        ended(compare("examples", candidate("mappings/lead.jslt", "jslt", edited(LAST, LOUD))));
        assertThat(browser.submit(browser.get(PAGE), PAGE + "/reveal", Map.of()).body()).contains("<td>HOPPER</td>");
        assertThat(audit.list(null, null, 0, 10).items()).extracting(entry -> entry.act() + " " + entry.target())
                .containsExactly("reveal the changes in the examples of the mappings");
    }

    /** A person without the role privacy must not learn a value by what a candidate computes of it. */
    @ParameterizedTest
    @ValueSource(strings = {
        "{\"LastName\": \"L\", \"Company\": \"C\"} + {for ([.identity.traits.name.last]) . : \"x\"}",
        "{\"LastName\": \"L\", \"Company\": \"C\"} + {for ([.identity.traits.name.last]) . + \"<b>\" : \"x\"}",
        "{\"attributes\": {\"type\": .identity.traits.name.last}, \"LastName\": \"L\"}",
        "error(.identity.traits.name.last)"})
    void whatACandidateComputesOfATraitIsNotShown(String candidate) {
        ORY.project().add(person(NAME));
        Browser operator = Logins.with(app, port, OPERATOR_TOKEN, Role.VIEWER, Role.OPERATOR);
        operator.upload(COMPARE, form(operator, "identities", candidate("mappings/lead.jslt", "jslt", candidate)), Map.of());
        await().until(() -> !runs.last().isRunning());
        String page = operator.get(PAGE).body();
        assertThat(page).contains("1 identity compared.").doesNotContain(NAME);
        assertThat(operator.get(PAGE + ".csv").body()).doesNotContain(NAME);
        if (candidate.contains("for (")) {
            assertThat(row(page, "other fields")).contains("<td>appears</td>", "<td>1</td>");
        }
    }

    @Test
    void anIdThatACandidateComputesIsNotShown() {
        String id = ORY.project().add(person(NAME));
        String event = "{\"identity\": {\"id\": \"11111111-\" + \"1111-4111-8111-111111111111\", \"traits\": .traits}}";
        String page = ended(compare("identities", candidate("mappings/event.jslt", "jslt", event)));
        assertThat(page).contains(id, "<th scope=\"row\">failed</th>").doesNotContain("11111111-1111");
    }

    @Test
    void scriptsAreText() {
        String candidate = "{\"LastName\": \"L\", \"<script>alert(1)</script>\": \"<script>alert(2)</script>\"}";
        String page = ended(compare("examples", candidate("mappings/lead.jslt", "jslt", candidate)));
        assertThat(page).contains("&lt;script&gt;alert(1)", "other fields").doesNotContain("<script>alert");
        String revealed = browser.submit(browser.get(PAGE), PAGE + "/reveal", Map.of()).body();
        assertThat(revealed).contains("<td>&lt;script&gt;alert(2)&lt;/script&gt;</td>").doesNotContain("<script>alert");
        HttpResponse<String> named = browser.upload(COMPARE, form("examples"), Map.of("<script>alert(3)</script>.jslt", bytes("{}")));
        assertThat(named.body()).contains("No mapping in use has this name.").doesNotContain("<script>alert");
    }

    @Test
    void aCandidateThatCanNotBeUsedIsToldWithItsLine() {
        HttpResponse<String> page =
                compare("examples", candidate("mappings/lead.jslt", "jslt", "{\r\n  \"LastName\": \"x\"\r\n  \"Company\": \"<b>C\"\r\n}"));
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("message bad", "candidate/lead.jslt:3: ", "&quot;Company&quot;: &quot;&lt;b&gt;C&quot;",
                "No mappings have been compared").doesNotContain("<b>C");
        assertThat(compare("examples", candidate("mappings/lead.jslt", "jslt", " ")).body()).contains("candidate/lead.jslt: It is empty.");
        assertThat(compare("examples", candidate("mappings/lead.jslt", "jslt", file("mappings/lead.jslt"))).body())
                .contains("No text differs from the mappings in use.");
        for (Map.Entry<String, String> file : Map.of("other.jslt", "No mapping in use has this name.", "lead.txt", "It is no mapping.",
                "jslt", "It is no mapping.", "lead.jslt", "It is not text in UTF-8.").entrySet()) {
            HttpResponse<String> refused = browser.upload(COMPARE, form("examples"), Map.of(file.getKey(), new byte[] {'{', (byte) 0xff}));
            assertThat(refused.statusCode()).isEqualTo(200);
            assertThat(refused.body()).contains(file.getKey() + ": " + file.getValue());
        }
        assertThat(compare("examples", candidate("application.yaml", "jslt", "{}")).statusCode()).isEqualTo(400);
        assertThat(compare("examples", candidate("mappings/lead.jslt", "exe", "{}")).statusCode()).isEqualTo(400);
    }

    @Test
    void aCandidateReadsNeitherFilesNorSettings() throws IOException {
        Files.writeString(Path.of("target/console-secret.json"), "\"a-secret-in-a-file\"");
        String candidate = "{LastName: ds.readUrl('file:target/console-secret.json'), Company: cml.properties('OPERATOR_TOKEN')}";
        String page = ended(compare("examples", candidate("mappings/lead.jslt", "ds", candidate)));
        assertThat(page).contains("<th scope=\"row\">failed</th>").doesNotContain("<code>Lead.Company</code>");
        assertThat(browser.get(PAGE).body()).doesNotContain(OPERATOR_TOKEN, "a-secret-in-a-file", "Show values");
    }

    @Test
    void aForgedOrALargeFormIsRefused() {
        HttpResponse<String> forged = browser.upload(COMPARE, candidate("mappings/lead.jslt", "jslt", "{}"), Map.of());
        assertThat(forged.statusCode()).isEqualTo(403);
        assertThat(runs.last()).isNull();
        HttpResponse<String> large = browser.upload(COMPARE, form("examples"), Map.of("lead.jslt", new byte[300_000]));
        assertThat(large.statusCode()).isEqualTo(413);
        for (int size : List.of(1, 20_000)) {
            HttpResponse<String> anonymous = new Browser(port).upload(COMPARE, List.of(), Map.of("lead.jslt", new byte[size]));
            assertThat(Browser.location(anonymous)).startsWith("/console/login");
        }
        HttpResponse<String> elsewhere = browser.upload("/console/mappings", form("examples"), Map.of());
        assertThat(elsewhere.statusCode()).as("no other page reads parts").isEqualTo(403);
    }

    private HttpResponse<String> compare(String over, List<Map.Entry<String, String>> candidate) {
        return browser.upload(COMPARE, form(over, candidate), Map.of());
    }

    @SafeVarargs
    private List<Map.Entry<String, String>> form(String over, List<Map.Entry<String, String>>... candidates) {
        return form(browser, over, candidates);
    }

    /** The form of the page with these candidates in the place of those that it shows. */
    @SafeVarargs
    private static List<Map.Entry<String, String>> form(Browser browser, String over, List<Map.Entry<String, String>>... candidates) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        fields.add(Map.entry("_csrf", Browser.hidden(browser.get(PAGE), COMPARE).get("_csrf")));
        fields.add(Map.entry("over", over));
        for (List<Map.Entry<String, String>> candidate : candidates) {
            fields.addAll(candidate);
        }
        return fields;
    }

    private static List<Map.Entry<String, String>> candidate(String mapping, String language, String text) {
        return List.of(Map.entry("mapping", mapping), Map.entry("language", language), Map.entry("text", text));
    }

    /** The page when the comparison has ended. */
    private String ended(HttpResponse<String> started) {
        assertThat(started.statusCode()).as(started.body()).isEqualTo(302);
        await().until(() -> !runs.last().isRunning());
        HttpResponse<String> page = browser.follow(started);
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        return page.body();
    }

    private static String live(String page) {
        return page.replaceAll("(?s).*<section id=\"changes\"(.*?)</section>.*", "$1");
    }

    private static String row(String page, String field) {
        assertThat(page).contains("<code>" + field + "</code>");
        return page.replaceAll("(?s).*<code>" + field + "</code></th>(.*?)</tr>.*", "$1");
    }

    private static String edited(String what, String with) {
        String shipped = file("mappings/lead.jslt");
        assertThat(shipped).contains(what);
        return shipped.replace(what, with);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String file(String name) {
        try {
            return Files.readString(Path.of(name));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private List<String> acts() {
        return audit.list(null, null, 0, 100).items().stream()
                .map(entry -> entry.act() + " " + entry.identity() + " " + entry.outcome()).toList();
    }
}
