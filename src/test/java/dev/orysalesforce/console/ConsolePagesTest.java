package dev.orysalesforce.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.ledger.Activity;
import dev.orysalesforce.ledger.Audit;
import dev.orysalesforce.ledger.StuckDatabase;
import dev.orysalesforce.operator.Role;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.Org;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** What the pages of the console show, and what their forms do. */
class ConsolePagesTest extends AppTest {

    @Autowired
    private Audit audit;

    @Autowired
    private Activity activity;

    @Autowired
    private ApplicationContext app;

    private Browser browser;

    @BeforeEach
    void loggedIn() {
        sql.update("delete from audit");
        browser = new Browser(port);
        browser.logIn(OPERATOR_TOKEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/console", "/console/", "/console/audit", "/console/audit.csv", "/console/activity", "/console/activity.csv",
        "/console/identities", "/console/dead-letters", "/console/live", "/console/login", "/console/nowhere", "/console/mappings",
        "/console/set-up", "/console/set-up.csv", "/console/changes", "/console/changes/live", "/console/changes.csv",
        "/console/changes/compare",
        "/console/audit?offset=x", "/console/assets/old/console.css"})
    void eachAnswerHasStrictHeadersAndIsSmall(String path) {
        HttpResponse<String> answer = browser.get(path, "X-Evil", "evil-value");
        assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'self'", "frame-ancestors 'none'",
                        "form-action 'self'", "base-uri 'none'")
                .doesNotContain("unsafe");
        assertThat(answer.headers().firstValue("Referrer-Policy")).contains("same-origin");
        assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(answer.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
        assertThat(answer.headers().map().toString()).doesNotContain("evil-value");
        assertThat(answer.body()).hasSizeLessThan(100_000).doesNotContain("style=", "<style", "onclick", "hx-on")
                .doesNotContainPattern("<script(?![^>]* src=)");
    }

    @Test
    void aBrowserKeepsTheAssets() {
        String page = browser.get("/console").body();
        int size = page.length();
        for (String name : List.of("console.css", "console.js", "htmx.min.js", "icon.svg")) {
            assertThat(page).containsPattern("\"/console/assets/[0-9a-f]{32}/" + name + "\"");
            HttpResponse<String> asset =
                    new Browser(port).get(page.replaceAll("(?s).*\"(/console/assets/[0-9a-f]{32}/" + name + ")\".*", "$1"));
            assertThat(asset.statusCode()).isEqualTo(200);
            assertThat(asset.headers().firstValue("Cache-Control").orElse("")).contains("max-age=31536000", "immutable");
            size += asset.body().length();
        }
        assertThat(size).as("with all its assets").isLessThan(100_000);
        assertThat(browser.get("/console/assets/" + "0".repeat(32) + "/console.css").statusCode()).isEqualTo(404);
    }

    @Test
    void aPageIsCompressed() {
        for (String path : List.of("/console/mappings", "/console/audit.csv")) {
            assertThat(browser.get(path).headers().firstValue("Content-Encoding")).isEmpty();
        }
        assertThat(browser.get("/console/mappings", "Accept-Encoding", "gzip").headers().firstValue("Content-Encoding")).contains("gzip");
    }

    @Test
    void aPathThatDoesNotExistIsAPage() {
        for (String path : List.of("/console/nowhere", "/console/resume", "/console/error")) {
            HttpResponse<String> answer = browser.get(path);
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).contains("The console has no such page.", "aria-label=\"Pages\"");
        }
        HttpResponse<String> invalid = browser.get("/console/audit?identity=%3Cscript%3E");
        assertThat(invalid.statusCode()).isEqualTo(400);
        assertThat(invalid.body()).contains("identity is a UUID.").doesNotContain("<script>");
    }

    @Test
    void withoutATargetOfAlertsTheSetUpTellsHowToSetOne() {
        assertThat(browser.get("/console/set-up").body()).contains("<h2 id=\"alerts\">Alerts</h2>", "set ALERTS_SLACK_URL")
                .doesNotContain("Send a test");
    }

    @Test
    void theOverviewCountsEvents() {
        activity.save();
        long before = count(overview(), "Events received in 24 hours");
        ory.sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Kowalczykowa"));
        ory.sends("registration", "{\"identity\": {\"traits\": \"none\"}}");
        settle();
        String page = overview();
        assertThat(page).contains("dead letters: 1<", "1 for you to decide.", "No event waits.", "There is none: set ORY_ADMIN_URL")
                .doesNotContain("Kowalczykowa", "Compare now", "Try now");
        activity.save();
        assertThat(count(overview(), "Events received in 24 hours")).isEqualTo(before + 1);
    }

    private String overview() {
        HttpResponse<String> page = browser.get("/console");
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        return page.body();
    }

    private static long count(String page, String name) {
        return Long.parseLong(page.replaceAll("(?s).*" + name + ": ([\\d,]+).*", "$1").replace(",", ""));
    }

    @Test
    void aPauseIsToldAndCanBeEnded() {
        SALESFORCE.faults().start(Fault.unavailable());
        ory.sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Kowalczykowa"));
        await().until(() -> overview().contains("Delivery is paused since <time datetime="));
        HttpResponse<String> page = browser.get("/console");
        assertThat(page.body()).contains("Try now").doesNotContain("Kowalczykowa");

        HttpResponse<String> tried = browser.submit(page, "/console/resume", Map.of());
        assertThat(tried.statusCode()).isEqualTo(302);
        assertThat(browser.follow(tried).body()).contains("role=\"status\"", "Trying to write to Salesforce now.");
        assertThat(browser.get("/console").body()).as("it is told once").doesNotContain("role=\"status\"");
        assertThat(acts()).containsExactly("resume delivery done");

        HttpResponse<String> again = browser.follow(browser.submit(page, "/console/resume", Map.of()));
        assertThat(again.body()).contains("less than 10 seconds ago. The page Overview shows how it went.").doesNotContain("/api/status");
        assertThat(acts()).containsExactly("resume delivery refused", "resume delivery done");
        assertThat(audit.list(null, null, 0, 1).items().get(0).actor()).isEqualTo("127.0.0.1");
    }

    @Test
    void thePauseOfASingleObjectIsTold() {
        SALESFORCE.org().forbid("Lead", Org.Permission.CREATE);
        ory.sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Kowalczykowa"));
        await().untilAsserted(() -> assertThat(overview()).containsPattern(
                "Delivery of <span>Lead</span> is paused since <time datetime=[^>]*>[^<]*</time>: <span>[^<]*may not create Lead records"));
        assertThat(overview()).doesNotContain("Try now", "Kowalczykowa");
        SALESFORCE.org().permit("Lead", Org.Permission.CREATE);
        settle();
        assertThat(overview()).doesNotContain("Delivery of");
    }

    @Test
    void whatTheAuditCanNotHoldIsNotDone() throws Exception {
        SALESFORCE.faults().start(Fault.unavailable());
        ory.sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Kowalczykowa"));
        await().until(() -> overview().contains("Try now"));
        HttpResponse<String> page = browser.get("/console");
        try (StuckDatabase stuck = new StuckDatabase(sql.getDataSource())) {
            HttpResponse<String> tried = browser.submit(page, "/console/resume", Map.of());
            assertThat(tried.statusCode()).isEqualTo(302);
            assertThat(browser.follow(tried).body()).as("the page shows what it can").contains("can&#39;t be written to the audit",
                    "Delivery is paused");
        }
        assertThat(acts()).isEmpty();
    }

    @Test
    void aPageThatFailsTellsSoInPlainWords() throws Exception {
        try (StuckDatabase stuck = new StuckDatabase(sql.getDataSource())) {
            for (String path : List.of("/console/audit", "/console/audit.csv")) {
                HttpResponse<String> answer = browser.get(path);
                assertThat(answer.statusCode()).isEqualTo(500);
                assertThat(answer.body()).contains("The page could not be shown.", "aria-label=\"Pages\"").doesNotContain("SQL",
                        "Exception");
                assertThat(answer.headers().map()).containsKey("content-security-policy").doesNotContainKey("content-disposition");
            }
        }
    }

    @Test
    void theAuditIsFilteredPagedAndDownloaded() {
        String id = UUID.randomUUID().toString();
        assertThat(browser.get("/console/audit").body()).contains("Nothing was done that fits.");
        for (int i = 0; i < 60; i++) {
            audit.note("files", new Audit.Act(Audit.Kind.RELOAD, "routes/<script>alert(" + i + ")</script>.yaml", null),
                    Audit.Outcome.DONE, null);
        }
        audit.note("10.0.0.7", new Audit.Act(Audit.Kind.SYNC, "=identity \"x\"", id), Audit.Outcome.REFUSED, null);

        String first = browser.get("/console/audit").body();
        assertThat(first)
                .contains("1 to 50 of 61", "&lt;script&gt;alert(59)&lt;/script&gt;", "href=\"/console/audit?offset=50\"", "<time datetime=")
                .doesNotContain("<script>alert", "Previous");
        assertThat(browser.get("/console/audit?offset=50").body()).contains("51 to 61 of 61", ">Previous</a>").doesNotContain(">Next</a>");
        assertThat(browser.get("/console/audit?act=sync&identity=+" + id.toUpperCase() + "+").body()).contains("1 to 1 of 1", id)
                .doesNotContain("alert(");
        assertThat(browser.get("/console/audit?act=erase").body()).contains("Nothing was done that fits.");

        assertThat(first).contains("<option value=\"test_alert\">Test of an alert target</option>", "<td>Reload of a file</td>",
                "by which person, or from which address").doesNotContain(">test_alert<", ">reload<");

        HttpResponse<String> file = browser.get("/console/audit.csv?act=sync");
        assertThat(file.headers().firstValue("Content-Type").orElse("")).startsWith("text/csv");
        assertThat(file.headers().firstValue("Content-Disposition").orElse("")).contains("attachment", "audit.csv");
        assertThat(file.body().lines()).hasSize(2).last().asString()
                .contains("\"10.0.0.7\",\"Sync from Ory\",\"'=identity \"\"x\"\"\",\"" + id + "\",\"refused\"");
        assertThat(browser.get("/console/audit.csv").body().lines()).hasSize(62);
    }

    @Test
    void pagesAreInEnglishForEachBrowser() {
        for (String path : List.of("/console", "/console/audit", "/console/login", "/console/nowhere")) {
            HttpResponse<String> page = browser.get(path, "Accept-Language", "de-DE,de;q=0.9");
            assertThat(page.body()).contains("lang=\"en\"");
            assertThat(page.headers().firstValue("Content-Language").orElse("en")).isEqualTo("en");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"VIEWER", "OPERATOR"})
    void theHeadOfAPageIsPermittedLikeThePage(Role role) {
        Browser viewer = Logins.with(app, port, OPERATOR_TOKEN, Role.VIEWER, role);
        for (String path : List.of("/console", "/console/audit", "/console/audit.csv")) {
            assertThat(viewer.head(path).statusCode()).as(path).isEqualTo(viewer.get(path).statusCode()).isEqualTo(200);
        }
        assertThat(Browser.location(new Browser(port).head("/console"))).startsWith("/console/login");
    }

    private List<String> acts() {
        return audit.list(null, null, 0, 100).items().stream().map(entry -> entry.act() + " " + entry.target() + " " + entry.outcome())
                .toList();
    }
}
