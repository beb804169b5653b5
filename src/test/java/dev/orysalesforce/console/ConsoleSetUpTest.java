package dev.orysalesforce.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.alert.AlertReceivers;
import dev.orysalesforce.alert.AlertTargets;
import dev.orysalesforce.doctor.SetUpChecks;
import dev.orysalesforce.ledger.Audit;
import dev.orysalesforce.operator.Role;
import dev.orysalesforce.reconcile.ReconcileTest;
import dev.orysalesforce.salesforce.Login;
import dev.orysalesforce.sandbox.DuplicateRule;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.ory.OryFault;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.SendFailedException;
import java.io.EOFException;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;
import org.springframework.test.util.ReflectionTestUtils;

/** The page with the doctor's findings and the targets of alerts. */
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(properties = "test.context=console-set-up")
@Tag("any-ledger")
@Tag("nightly")
class ConsoleSetUpTest extends ReconcileTest {

    private static final AlertReceivers RECEIVERS = AlertReceivers.start();
    private static final String PAGE = "/console/set-up";
    private static final String TEST = PAGE + "/test-alert/";

    @DynamicPropertySource
    static void targets(DynamicPropertyRegistry registry) {
        RECEIVERS.configure(registry);
    }

    @Autowired
    private AlertTargets targets;

    @Autowired
    private Audit audit;

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
        ((Map<?, ?>) ReflectionTestUtils.getField(targets, "last")).clear();
        RECEIVERS.recover();
        sql.update("delete from audit");
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
                "1 identity,", "The hooks were not checked").doesNotContain("has not been checked", "p@example.org", "Kowalczykowa");
        assertThat(browser.get(PAGE).body()).as("the report is remembered").contains("<h2>Salesforce</h2>", "1 identity,");
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

    @Test
    void eachTargetOfAlertsIsShownByItsHostAndTakesATest(CapturedOutput log) {
        HttpResponse<String> page = browser.get(PAGE);
        for (String target : List.of("Slack", "Webhook", "Mail")) {
            assertThat(alerts(page, target)).contains("Alerts go to <code>127.0.0.1</code>", " sent, ", "Send a test")
                    .doesNotContain("It was last reached");
            HttpResponse<String> sent = browser.submit(page, TEST + target.toLowerCase(), Map.of());
            assertThat(Browser.location(sent)).isEqualTo(PAGE);
            assertThat(browser.follow(sent).body()).contains("A test is on its way.");
            await().untilAsserted(() -> assertThat(alerts(browser.get(PAGE), target)).contains("It was last reached at <time datetime="));
        }
        assertThat(RECEIVERS.slack()).singleElement().asString().startsWith("This is a test alert.");
        assertThat(RECEIVERS.told("test")).hasSize(1);
        assertThat(RECEIVERS.mails()).as("to two recipients").hasSize(2);
        assertThat(audit.list(null, null, 0, 9).items()).allSatisfy(entry -> assertThat(entry.actor()).isEqualTo("127.0.0.1"))
                .extracting(entry -> entry.act() + " " + entry.target() + " " + entry.outcome())
                .containsExactly("test_alert the alerts at mail done", "test_alert the alerts at webhook done",
                        "test_alert the alerts at slack done");
        assertThat(browser.get(PAGE).body()).doesNotContain(AlertReceivers.SLACK_PATH, AlertReceivers.WEBHOOK_PATH, AlertReceivers.SECRET,
                "sales-ops@example.com");
        assertThat(log.getAll()).doesNotContain(AlertReceivers.SLACK_PATH, AlertReceivers.SECRET);
    }

    @Test
    void aTargetThatTakesNoAlertTellsWhy() {
        RECEIVERS.failSlack(500);
        browser.submit(browser.get(PAGE), TEST + "slack", Map.of());
        await().untilAsserted(() -> assertThat(alerts(browser.get(PAGE), "Slack")).contains("The last alert was dropped at <time datetime=",
                "it answered 500", "message bad").doesNotContain("It was last reached"));
        assertThat(alerts(browser.get(PAGE), "Mail")).doesNotContain("The last alert was dropped", "message bad");
    }

    @Test
    void whyAnAlertWasDroppedIsToldInWords() {
        Map.of(new RejectedExecutionException("Task [1] rejected"), "too many alerts wait for it",
                new SocketException("Connection reset"), "it closed the connection",
                new EOFException(), "it closed the connection",
                new AuthenticationFailedException("535"), "it refuses the login",
                new SendFailedException("550"), "it refuses the mail",
                new IllegalStateException("https://hooks.slack.com/secret"), "the app could not send it").forEach((failure, words) -> {
                    targets.dropped("slack", targets.test(), failure);
                    assertThat(alerts(browser.get(PAGE), "Slack")).contains("The last alert was dropped at <time datetime=",
                            "<span>" + words).doesNotContain("Exception", "secret");
                });
    }

    @Test
    void onlyAnOperatorSendsATest() {
        Browser viewer = Logins.with(app, port, OPERATOR_TOKEN, Role.VIEWER, Role.PRIVACY);
        HttpResponse<String> page = viewer.get(PAGE);
        assertThat(alerts(page, "Slack")).contains("127.0.0.1").doesNotContain("Send a test");
        assertThat(viewer.post(TEST + "slack", Browser.hidden(page, "/console/logout")).statusCode()).isEqualTo(403);
        assertThat(browser.post(TEST + "slack", Map.of()).statusCode()).as("a forged form").isEqualTo(403);
        HttpResponse<String> unknown = browser.post(TEST + "pager%22", Browser.hidden(browser.get(PAGE), TEST + "slack"));
        assertThat(browser.follow(unknown).body()).contains("message bad", "The body is {&quot;target&quot;");
        assertThat(audit.list(null, null, 0, 9).items()).singleElement()
                .satisfies(entry -> assertThat(entry.target() + " " + entry.outcome()).isEqualTo("the alerts at ? refused"));
        assertThat(RECEIVERS.slackCalls()).isZero();
    }

    /** What the page says of a target. */
    private static String alerts(HttpResponse<String> page, String target) {
        Matcher article = Pattern.compile("(?s)<article[^>]*>\\s*<h3>" + target + "</h3>.*?</article>").matcher(page.body());
        assertThat(article.find()).as("%s in %s", target, page.body()).isTrue();
        return article.group();
    }

    private HttpResponse<String> check() {
        HttpResponse<String> done = browser.submit(browser.get(PAGE), PAGE, Map.of());
        assertThat(done.statusCode()).as(done.body()).isEqualTo(302);
        return browser.follow(done);
    }
}
