package dev.orysalesforce.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.doctor.SetUpChecks;
import dev.orysalesforce.operator.Role;
import dev.orysalesforce.reconcile.ReconcileTest;
import dev.orysalesforce.salesforce.Login;
import dev.orysalesforce.sandbox.DuplicateRule;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.ory.OryFault;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.util.ReflectionTestUtils;

/** The page with the doctor's findings. */
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(properties = "test.context=reconcile")
@Tag("any-ledger")
class ConsoleSetUpTest extends ReconcileTest {

    private static final String PAGE = "/console/set-up";

    @Autowired
    private SetUpChecks checks;

    @Autowired
    private Login login;

    @Autowired
    private ApplicationContext app;

    private Browser browser;

    @BeforeEach
    void loggedIn() {
        ((Map<?, ?>) ReflectionTestUtils.getField(checks, "last")).clear();
        browser = new Browser(port);
        browser.logIn(OPERATOR_TOKEN);
    }

    @Test
    void theSetUpIsCheckedOnRequestAndTheReportStays() {
        ORY.project().add(Map.of("email", "p@example.org", "name", Map.of("last", "Kowalczykowa")));
        assertThat(browser.get(PAGE).body()).contains("<h1>Set-up</h1>", "has not been checked since the app was started");
        assertThat(browser.get("/console").body()).contains("It has not been checked since the app was started.");
        HttpResponse<String> checked = check();
        assertThat(checked.body()).contains("The set-up was checked.", "<h2>Salesforce</h2>", "<h2>Ory</h2>", "Checked at <time datetime=",
                "1 identities", "The hooks were not checked").doesNotContain("has not been checked", "p@example.org", "Kowalczykowa");
        assertThat(browser.get(PAGE).body()).as("the report is remembered").contains("<h2>Salesforce</h2>", "1 identities");
        assertThat(SALESFORCE.writes().all()).isEmpty();
    }

    @Test
    void aFindingHasItsReasonAndFix(CapturedOutput log) {
        SALESFORCE.org().activate(DuplicateRule.leadAlert().block());
        ORY.fail(OryFault.unauthorized());
        String page = check().body();
        assertThat(page).contains("Ory&#39;s Admin API refuses the token.", "Why it matters: No identity is backfilled",
                "Fix: Ory Network: Project settings &gt; API Keys &gt; Create", "<code>ORY_ADMIN_TOKEN</code>", "message bad");
        assertThat(page.replaceAll("(?s)<h2>Ory</h2>.*", "")).contains("Fix: ");
        assertThat(browser.get(PAGE + ".csv").body()).startsWith("\"side\",\"checkedAt\",\"severity\"").contains("\"Ory\"",
                "\"ORY_ADMIN_TOKEN\"");
        assertThat(browser.get("/console").body())
                .containsPattern("See the fix</a>\\s*<span>\\d+ findings\\.|See the fix</a>\\s*<span>One finding");
        assertThat(log.getAll()).doesNotContain("ory_apikey_secret");
    }

    @Test
    void aRefusedLoginIsAFinding() {
        login.look();
        SALESFORCE.org().expireTokens();
        SALESFORCE.faults().start(Fault.loginRefused());
        assertThat(check().body()).contains("The set-up was checked.", "<h2>Salesforce</h2>", "<code>Salesforce login</code>",
                "Fix: Setup &gt; External Client App Manager", "<h2>Ory</h2>");
    }

    @Test
    void onlyAnOperatorChecks() {
        Browser viewer = Logins.with(app, port, OPERATOR_TOKEN, Role.VIEWER);
        HttpResponse<String> page = viewer.get(PAGE);
        assertThat(page.body()).contains("<h1>Set-up</h1>").doesNotContain("Check now");
        assertThat(viewer.post(PAGE, Browser.hidden(page, "/console/logout")).statusCode()).isEqualTo(403);
        assertThat(viewer.get(PAGE).body()).contains("has not been checked");
    }

    private HttpResponse<String> check() {
        HttpResponse<String> done = browser.submit(browser.get(PAGE), PAGE, Map.of());
        assertThat(done.statusCode()).as(done.body()).isEqualTo(302);
        return browser.follow(done);
    }
}
