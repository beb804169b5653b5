package dev.orysalesforce.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.ledger.Audit;
import dev.orysalesforce.mapping.MappingResourceResolver;
import dev.orysalesforce.operator.Role;
import dev.orysalesforce.reconcile.ReconcileTest;
import dev.orysalesforce.sandbox.Fault;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.util.ReflectionTestUtils;

/** The page on which a mapping is tried; it sends and saves nothing. */
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(properties = "test.context=reconcile")
@Tag("any-ledger")
class ConsoleMappingsTest extends ReconcileTest {

    private static final String PAGE = "/console/mappings";
    private static final String NAME = "Kowalczykowa";

    @Autowired
    private Audit audit;

    @Autowired
    private MappingResourceResolver texts;

    @Autowired
    private ApplicationContext app;

    private Browser browser;

    @BeforeEach
    void loggedIn() {
        sql.update("delete from audit");
        browser = new Browser(port);
        browser.logIn(OPERATOR_TOKEN);
    }

    @AfterEach
    void nothingIsSentOrKept() {
        assertThat(SALESFORCE.writes().all()).isEmpty();
        assertThat((Map<?, ?>) ReflectionTestUtils.getField(texts, "candidates")).isEmpty();
        assertThat(((Map<?, ?>) ReflectionTestUtils.getField(texts, "byLocation")).keySet()).asString().doesNotContain("candidate/");
    }

    @Test
    void theMappingInUseIsShownWithItsExamples() {
        String page = browser.get(PAGE).body();
        assertThat(page).contains("<h1>Mappings</h1>", "<option value=\"mappings/lead.jslt\" selected=\"selected\">",
                "<option value=\"name-beyond-ascii\">", "&quot;LastName&quot;", "Ory ID of an identity").doesNotContain("erased.jslt");
        assertThat(browser.get(PAGE + "?mapping=mappings%2Fevent.jslt").body()).contains("<option value=\"registration-ctx\">");
        assertThat(browser.get(PAGE + "?mapping=application.yaml").statusCode()).isEqualTo(400);
    }

    @Test
    void anExampleIsShownFieldByField() {
        String result = result(attempt(Map.of("sample", "example", "example", "complete")));
        assertThat(result).contains("<h2 id=\"result-title\">The record</h2>", "<td>Lovelace</td>", "takes it", "Lead, mappings/lead.jslt@")
                .doesNotContain("Difference", "To use the candidate");
        assertThat(result(attempt(Map.of("sample", "example", "example", "nothing-but-an-id")))).contains("NOTHING_TO_CALL_IT",
                "There is no record");
        assertThat(attempt(Map.of("sample", "example", "example", "../../application")).body()).contains("There is no such example");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mappings/event.jslt", "mappings/person.jslt", "mappings/contact.jslt"})
    void anyMappingCanBeTried(String mapping) {
        String text = file(mapping);
        String example = mapping.contains("event") ? "registration-ctx" : mapping.contains("person") ? "one-name" : "complete";
        Map<String, String> form = Map.of("mapping", mapping, "text", text + "\n// another", "sample", "example", "example", example);
        String result = result(attempt(form));
        assertThat(result).contains("Difference", "<td>same</td>", "save its text as <code>" + mapping)
                .doesNotContain("<td>changes</td>", "<td>appears</td>", "message bad");
    }

    @Test
    void aCandidateIsComparedWithTheMappingInUse() {
        String candidate = """
                {
                  "LastName": .identity.traits.name.last,
                  "Company": "<script>alert(1)</script>",
                  "Shoe_Size__c": 43
                }""";
        HttpResponse<String> page = attempt(Map.of("text", candidate, "sample", "body", "body", body()));
        assertThat(page.body()).contains("&lt;script&gt;alert(1)&lt;/script&gt;").doesNotContain("<script>alert");
        assertThat(row(page, "LastName")).contains("<td>" + NAME + "</td>", "<td>same</td>", "takes it");
        assertThat(row(page, "Company")).contains("<td>changes</td>");
        assertThat(row(page, "Shoe_Size__c")).contains("<td>43</td>", "<td>appears</td>", "is not a field of Lead that this user can see");
        assertThat(row(page, "Email")).contains("<td>disappears</td>");
        assertThat(result(page)).contains("save its text as <code>mappings/lead.jslt</code>").doesNotContain("and delete");
        assertThat(page.body()).as("the texts stay in the form").contains("&quot;Shoe_Size__c&quot;: 43");
    }

    @Test
    void theOrgsLimitsAreTold() {
        SALESFORCE.org().schema("Lead").alter("Company", rule -> rule.withLength(5));
        askOrgAgain();
        HttpResponse<String> page =
                attempt(Map.of("text", "{\"FirstName\": \"Ann\", \"Company\": \"Too long\"}", "sample", "body", "body", body()));
        assertThat(row(page, "Company")).contains("takes 5 characters, not 8");
        assertThat(row(page, "LastName")).contains("is required in a new Lead");
        askOrgAgain();
    }

    @Test
    void withoutSalesforceTheRecordIsShownWithoutAVerdict() {
        askOrgAgain();
        SALESFORCE.faults().start(Fault.unavailable());
        String body = body().replace("\"traits\":{", "\"traits\":{\"company\":\"Engines\",");
        String result = result(attempt(Map.of("sample", "body", "body", body)));
        assertThat(result).contains("Salesforce could not be queried", NAME);
    }

    @Test
    void aCandidateInAnotherLanguageReplacesTheFile() {
        Map<String, String> form = Map.of("text", "{LastName: .identity.traits.name.last, Company: \"C\"}", "language", "jq", "sample",
                "body", "body", body());
        assertThat(result(attempt(form))).contains("Lead, candidate/lead.jq@",
                "save its text as <code>mappings/lead.jq</code> and delete <code>mappings/lead.jslt</code>");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "jslt | {~  \"LastName\": \"x\"~  \"Company\": \"<b>C\"~} | 3 | can&#39;t be compiled",
        "ds | {~  Company: 'C',~  LastName: body.identity.absent.inner,~} | 3 | candidate/lead.ds:3 reads .absent",
        "jsonata | {~  'Company': 'C',~  'LastName': $uppercase(identity.traits)~} | 3 | candidate/lead.jsonata:3 has no result"})
    void anErrorIsShownWithItsLine(String language, String text, int line, String message) {
        String candidate = text.replace("~", "\r\n"); // as a browser sends it
        String result = result(attempt(Map.of("text", candidate, "language", language, "sample", "body", "body", body())));
        assertThat(result).contains(message, "Line <span>" + line + "</span> of the candidate: <code>").doesNotContain("<b>C");
        assertThat(result).as("the mapping in use has a record").contains(NAME);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{LastName: cml.properties('OPERATOR_TOKEN')}", "{LastName: cml.properties('{{OPERATOR_TOKEN}}')}",
        "{LastName: ds['read' + 'Url']('file:target/console-secret.json')}", "{LastName: ds.readUrl('file:target/console-secret.json')}",
        "/** DataSonnet\nversion=2.0\n*/\n{LastName: ds.readUrl('file:target/console-secret.json')}",
        "{LastName: (ds { x: super.readUrl }).x('file:target/console-secret.json')}",
        "{LastName: importstr 'file:target/console-secret.json'}"})
    void aCandidateReadsNeitherFilesNorSettings(String candidate) throws Exception {
        Files.writeString(Path.of("target/console-secret.json"), "\"a-secret-in-a-file\"");
        for (String language : List.of("ds", "jsonnet")) {
            String text = language.equals("ds") ? candidate : "function(ctx) " + candidate;
            assertThat(attempt(Map.of("text", text, "language", language, "sample", "body", "body", body())).body())
                    .contains("MAPPING_FAILED").doesNotContain(OPERATOR_TOKEN, "a-secret-in-a-file", "takes it");
        }
    }

    @Test
    void otherDataSonnetWorksAsInAFile() {
        Map<String, String> form = new HashMap<>(Map.of("text", file("mappings/languages/lead.ds"), "language", "ds", "sample", "body",
                "body", body()));
        assertThat(result(attempt(form))).contains("Lead, candidate/lead.ds@", NAME).doesNotContain("message bad");
        form.put("text", "{LastName: ds.upper(payload.identity.traits.name.last), Company: 'C'}");
        assertThat(result(attempt(form))).contains("<td>" + NAME.toUpperCase() + "</td>");
    }

    @Test
    void anUnusableSampleIsToldAndTheTextsStay() {
        for (String sample : List.of("", "{\"a\": ", "{}", "[]", "{\"identity\": {\"id\": \"" + UUID.randomUUID() + "\"}}")) {
            HttpResponse<String> page = attempt(Map.of("text", "{\"LastName\": \"L&gt;\"}", "sample", "body", "body", sample));
            assertThat(page.statusCode()).as(sample).isEqualTo(200);
            assertThat(page.body()).as(sample).containsPattern("class=\"message bad\">(<strong>|The sample|There is no identity)")
                    .contains("L&amp;gt;");
        }
    }

    @Test
    void aCandidateThatFailsSaysNothingOfTheFields() {
        String result = result(attempt(Map.of("text", "{\"LastName\": error(\"never\")}", "sample", "example", "example", "complete")));
        assertThat(result).contains("message bad", "<td>unknown</td>").doesNotContain("<td>disappears</td>", "To use the candidate");
        result = result(attempt(Map.of("text", "null", "sample", "example", "example", "complete")));
        assertThat(result).contains("<td>disappears</td>", "To use the candidate");
    }

    @Test
    void aVerdictNamesTheLineOfItsField() {
        String text = "{\n  \"Company\": \"Engines\",\n  \"LastName\": \"" + "x".repeat(81) + "\"\n}";
        assertThat(row(attempt(Map.of("text", text, "sample", "example", "example", "complete")), "LastName"))
                .contains("Line 3 of the mapping names this field.");
        String onCreate = text.replace("\n}", ",\n  \"onCreate\": {\n    \"LastName\": \"[unknown]\"\n  }\n}");
        assertThat(row(attempt(Map.of("text", onCreate, "sample", "example", "example", "complete")), "LastName"))
                .contains("Lines 3 and 5 of the mapping name this field.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = {"error(.identity.traits.name.last) | error()", "size(1) | size()", "number(.identity.traits.name.last) | number()",
                "parse-time(.identity.traits.name.last, \"y\") | parse-time()", "round(.identity.traits.name.last) | round()",
                "sum(.identity.traits.name.last) | sum()", "from-json(.identity.traits.name.last) | from-json()"})
    void aFunctionThatFailsIsNamedWithItsLineAndNoValue(String call, String function) {
        String text = "{\n  \"Company\": \"" + function + "\",\n  // " + call + "\n  \"LastName\": " + call + "\n}";
        Map<String, String> form = Map.of("text", text, "sample", "body", "body", body());
        String result = result(attempt(form)).replaceAll("(?s)<table>.*</table>", "");
        assertThat(result).contains("candidate/lead.jslt:4 calls " + function, "Line <span>4</span> of the candidate: <code>")
                .doesNotContain(NAME, "dead letter");
        form = Map.of("text", text + "\n+ " + call, "sample", "body", "body", body());
        assertThat(result(attempt(form)).replaceAll("(?s)<table>.*</table>", "")).contains("calls " + function + " in line 4 or 6")
                .doesNotContain(NAME);
    }

    @Test
    void aRealIdentityNeedsTheRolePrivacyAndIsInTheAudit(CapturedOutput log) {
        String id = ORY.project().add(Map.of("email", "p@example.org", "name", Map.of("first", "Łucja", "last", NAME)));
        Map<String, String> form = Map.of("identity", " " + id.toUpperCase() + " ");
        HttpResponse<String> page = browser.get(PAGE);
        assertThat(page.body()).contains("formaction=\"/console/mappings/reveal\"");

        HttpResponse<String> revealed = browser.post(PAGE + "/reveal", with(page, form));
        assertThat(result(revealed)).contains("<td>" + NAME + "</td>", "<td>Łucja</td>");
        assertThat(acts()).containsExactly("reveal " + id + " done");

        String unknown = UUID.randomUUID().toString();
        assertThat(browser.post(PAGE + "/reveal", with(page, Map.of("identity", unknown))).body()).contains("does not know this ID")
                .doesNotContain("id=\"result\"");
        assertThat(browser.post(PAGE + "/reveal", with(page, Map.of("identity", "no-uuid"))).body()).contains("which is a UUID");
        assertThat(acts()).containsExactlyInAnyOrder("reveal " + id + " done", "reveal " + unknown + " refused", "reveal null refused");
        assertThat(log.getAll()).doesNotContain(NAME, "Łucja", "p@example.org");
    }

    @Test
    void aPersonSeesOnlyWhatTheirRolesPermit() {
        Browser viewer = Logins.with(app, port, OPERATOR_TOKEN, Role.VIEWER);
        HttpResponse<String> page = viewer.get(PAGE);
        assertThat(page.body()).contains("&quot;LastName&quot;").doesNotContain("Try with", "name=\"identity\"");
        assertThat(viewer.post(PAGE, with(page, Map.of("sample", "body", "body", body()))).statusCode()).isEqualTo(403);

        Browser operator = Logins.with(app, port, OPERATOR_TOKEN, Role.VIEWER, Role.OPERATOR);
        HttpResponse<String> form = operator.get(PAGE);
        assertThat(form.body()).contains("Try with the body").doesNotContain("/reveal", "name=\"identity\"");
        HttpResponse<String> refused = operator.post(PAGE + "/reveal", with(form, Map.of("identity", UUID.randomUUID().toString())));
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(operator.post(PAGE, with(form, Map.of("sample", "body", "body", body()))).body()).contains(NAME);

        Browser privacy = Logins.with(app, port, OPERATOR_TOKEN, Role.VIEWER, Role.PRIVACY);
        HttpResponse<String> read = privacy.get(PAGE);
        assertThat(read.body()).doesNotContain("/reveal", "name=\"identity\"");
        assertThat(privacy.post(PAGE + "/reveal", with(read, Map.of("identity", UUID.randomUUID().toString()))).statusCode())
                .isEqualTo(403);
        assertThat(acts()).isEmpty();

        Browser both = Logins.with(app, port, OPERATOR_TOKEN, Role.VIEWER, Role.OPERATOR, Role.PRIVACY);
        HttpResponse<String> offered = both.get(PAGE);
        assertThat(offered.body()).contains("/reveal", "name=\"identity\"");
        assertThat(both.post(PAGE + "/reveal", with(offered, Map.of("identity", UUID.randomUUID().toString()))).statusCode())
                .isEqualTo(200);
        assertThat(acts()).hasSize(1);
        assertThat(browser.post(PAGE, Map.of("sample", "body", "body", body())).statusCode()).as("a forged form").isEqualTo(403);
    }

    @Test
    void aFormThatIsTooLargeIsRefused() {
        HttpResponse<String> page = browser.get(PAGE);
        HttpResponse<String> large = browser.post(PAGE, with(page, Map.of("text", "x".repeat(300_000))));
        assertThat(large.statusCode()).isEqualTo(413);
        assertThat(large.body()).contains("The form is larger than 256 KB");
        assertThat(browser.post(PAGE, with(page, Map.of("text", "x".repeat(100_000), "sample", "body", "body", body()))).statusCode())
                .isEqualTo(200);
        assertThat(Browser.location(new Browser(port).post(PAGE, Map.of("text", "x".repeat(20_000))))).startsWith("/console/login");
    }

    private HttpResponse<String> attempt(Map<String, String> fields) {
        HttpResponse<String> page = browser.submit(browser.get(PAGE), PAGE, fields);
        assertThat(page.body()).hasSizeLessThan(100_000);
        return page;
    }

    private static Map<String, String> with(HttpResponse<String> page, Map<String, String> fields) {
        Map<String, String> form = new HashMap<>(Browser.hidden(page, PAGE));
        form.putAll(fields);
        return form;
    }

    private static String result(HttpResponse<String> page) {
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        assertThat(page.body()).contains("id=\"result\"");
        return page.body().replaceAll("(?s).*<section id=\"result\"(.*?)</section>.*", "$1");
    }

    private static String row(HttpResponse<String> page, String field) {
        String result = result(page);
        assertThat(result).contains("<code>" + field + "</code>");
        return result.replaceAll("(?s).*<code>" + field + "</code></th>(.*?)</tr>.*", "$1");
    }

    private static String body() {
        ObjectNode body = Ory.identity(UUID.randomUUID().toString(), Instant.now(), NAME);
        return body.toString();
    }

    private static String file(String name) {
        try {
            return Files.readString(Path.of(name));
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private List<String> acts() {
        return audit.list(null, null, 0, 100).items().stream()
                .map(entry -> entry.act() + " " + entry.identity() + " " + entry.outcome()).toList();
    }
}
