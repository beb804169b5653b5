package dev.orysalesforce.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.deque.html.axecore.selenium.AxeBuilder;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.Tool;
import dev.orysalesforce.ledger.Audit;
import dev.orysalesforce.sandbox.Fault;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A person logs in to the console at a provider of OpenID Connect, and has the roles that the provider tells. */
@ExtendWith(OutputCaptureExtension.class)
@Tag("nightly")
@Tag("any-ledger")
class OidcLoginTest extends AppTest {

    private static final OidcSandbox PROVIDER = new OidcSandbox();
    private static final String SUBJECT = "7d0c3c51-6d4f-4f0a-8a51-1f9a2b7c9e10";
    private static final String SESSION = Browser.SESSION;

    @Autowired
    private Audit audit;

    private Browser browser;

    @DynamicPropertySource
    static void login(DynamicPropertyRegistry registry) {
        registry.add("test.context", () -> "oidc");
        registry.add("CONSOLE_OIDC_ISSUER", () -> PROVIDER.issuer() + "/"); // with a slash that the provider does not have
        registry.add("CONSOLE_OIDC_CLIENT_ID", () -> OidcSandbox.CLIENT_ID);
        registry.add("CONSOLE_OIDC_CLIENT_SECRET", () -> OidcSandbox.CLIENT_SECRET);
        registry.add("CONSOLE_OIDC_ROLES_CLAIM", () -> "realm_access.roles");
        registry.add("CONSOLE_OIDC_ROLES", () -> "Ada@example.org = operator + privacy, bob@example.org=viewer");
    }

    @BeforeEach
    void aNewBrowser() {
        PROVIDER.reset();
        sql.update("delete from audit");
        browser = new Browser(port);
    }

    private static Map<String, Object> person(String name, Object value) {
        return new HashMap<>(Map.of("sub", SUBJECT, name, value));
    }

    private static Map<String, Object> withRoles(Object roles) {
        return person("realm_access", Map.of("roles", roles));
    }

    /** Up to the provider's answer, which a browser gets from another site. */
    private String callback() {
        return callback("/console");
    }

    private String callback(String wanted) {
        HttpResponse<String> login = browser.get("/console/login?then=" + URLEncoder.encode(wanted, StandardCharsets.UTF_8));
        assertThat(login.body()).contains(">Log in with localhost</a>");
        HttpResponse<String> start = browser.get(login.body().replaceAll("(?s).*href=\"(/console/login/oidc[^\"]*)\".*", "$1"));
        return Browser.location(visit(Browser.location(start)));
    }

    private static HttpResponse<String> visit(String address) {
        try {
            return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(address)).build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** All the way to the page that was asked for. */
    private HttpResponse<String> logIn() {
        return goOn(browser.arrive(callback()));
    }

    private HttpResponse<String> goOn(HttpResponse<String> arrived) {
        HttpResponse<String> done = browser.arrive(Browser.location(arrived));
        assertThat(done.statusCode()).as(done.body()).isEqualTo(200);
        return browser
                .get(done.headers().firstValue("Refresh").orElseThrow(() -> new AssertionError(done.body())).substring("0; url=".length()));
    }

    /** What the login page tells then. */
    private String refused(String callback) {
        HttpResponse<String> answer = browser.arrive(callback);
        assertThat(Browser.location(answer)).startsWith("/console/login?");
        assertThat(browser.cookies()).noneMatch(cookie -> cookie.getName().equals(SESSION));
        return browser.arrive(Browser.location(answer)).body();
    }

    @Test
    void theRequestHasStateNonceAndPkce() {
        HttpResponse<String> start = browser.get("/console/login/oidc?then=/console/audit");
        Map<String, String> asked = OidcSandbox.query(Browser.location(start));
        assertThat(asked).containsEntry("response_type", "code").containsEntry("client_id", OidcSandbox.CLIENT_ID)
                .containsEntry("code_challenge_method", "S256").containsEntry("scope", "openid email")
                .containsEntry("redirect_uri", "http://127.0.0.1:" + port + "/console/login/oidc/callback")
                .containsKeys("state", "nonce", "code_challenge").doesNotContainKey("client_secret");
        String cookie = start.headers().allValues("Set-Cookie").get(0);
        assertThat(cookie).startsWith("ory-salesforce-console-oidc=").contains("Path=/console/login/oidc/callback;", "Max-Age=600",
                "HttpOnly", "SameSite=Lax").doesNotContain("Secure").doesNotContain(asked.get("state"));
        HttpResponse<String> behindTls = browser.get("/console/login/oidc", "X-Forwarded-Proto", "https");
        assertThat(behindTls.headers().allValues("Set-Cookie").get(0)).contains("Secure");
        assertThat(OidcSandbox.query(Browser.location(behindTls)).get("redirect_uri")).startsWith("https://127.0.0.1:" + port + "/");
    }

    @Test
    void theSessionIsStrictAndThePageThatWasAskedForOpens() {
        PROVIDER.idToken = withRoles(List.of("viewer"));
        HttpResponse<String> arrived = browser.arrive(callback("/console/audit?act=replay"));
        assertThat(arrived.headers().allValues("Set-Cookie")).anySatisfy(cookie -> assertThat(cookie).startsWith(SESSION + "=")
                .contains("HttpOnly", "SameSite=Strict", "Path=/;"))
                .anySatisfy(cookie -> assertThat(cookie).startsWith("ory-salesforce-console-oidc=;").contains("Max-Age=0"));
        assertThat(Browser.location(browser.arrive("/console/audit"))).as("a redirect from another site has no session")
                .startsWith("/console/login");
        assertThat(Browser.location(arrived)).doesNotContain("code", "state");
        assertThat(goOn(arrived).body()).contains("<h1>Audit</h1>", "<option value=\"replay\" selected=\"selected\">");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://elsewhere.example/", "//elsewhere.example", "/console/login/oidc", "javascript:alert(1)"})
    void butNoOtherPage(String wanted) {
        PROVIDER.idToken = withRoles(List.of("viewer"));
        HttpResponse<String> arrived = browser.arrive(callback(wanted));
        assertThat(browser.arrive(Browser.location(arrived)).headers().firstValue("Refresh")).contains("0; url=/console");
        assertThat(browser.get("/console/login/done?then=" + URLEncoder.encode(wanted, StandardCharsets.UTF_8)).headers()
                .firstValue("Refresh")).contains("0; url=/console");
    }

    @ParameterizedTest
    @CsvSource({"viewer, false", "operator, true", "privacy, false", "privacy operator, true", "'viewer,operator', true"})
    void thePageShowsTheFormsOfTheRole(String roles, boolean acts) {
        SALESFORCE.faults().start(Fault.unavailable());
        ory.sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Kowalczykowa"));
        PROVIDER.idToken = withRoles(roles);
        logIn();
        await().until(() -> browser.get("/console").body().contains("Delivery is paused"));
        HttpResponse<String> page = browser.get("/console");
        assertThat(page.body().contains("Try now")).isEqualTo(acts);
        HttpResponse<String> tried = browser.post("/console/resume",
                Map.of("_csrf", Browser.hidden(page, "/console/logout").get("_csrf")));
        assertThat(tried.statusCode()).isEqualTo(acts ? 302 : 403);
        if (!acts) {
            assertThat(tried.body()).contains("your login does not permit it");
        }
        HttpResponse<String> erase = browser.post("/console/identities/x/erase",
                Map.of("_csrf", Browser.hidden(page, "/console/logout").get("_csrf")));
        assertThat(erase.statusCode()).as("400: without the ID that confirms it").isEqualTo(roles.contains("privacy") ? 400 : 403);
        assertThat(browser.post("/console/resume", Map.of()).body()).contains("no page of this console sent the form");
    }

    @Test
    void theAuditNamesThePersonWithoutAnAddress(CapturedOutput log) {
        SALESFORCE.faults().start(Fault.unavailable());
        ory.sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Kowalczykowa"));
        for (String subject : List.of(SUBJECT, "https://login.salesforce.com/id/00Dxx/005xx000001Sv6A", "ada@example.org\nforged")) {
            PROVIDER.idToken = withRoles("operator");
            PROVIDER.idToken.put("sub", subject);
            PROVIDER.idToken.put("email", "ada@example.org");
            logIn();
            await().until(() -> browser.get("/console").body().contains("Try now"));
            browser.submit(browser.get("/console"), "/console/resume", Map.of());
            browser = new Browser(port);
        }
        List<String> actors = audit.list(null, null, 0, 10).items().stream().map(Audit.Entry::actor).toList();
        assertThat(actors).hasSize(3).contains(SUBJECT + " at localhost", "005xx000001Sv6A at localhost")
                .allMatch(actor -> actor.matches("[\\w+/-]+ at localhost"));
        assertThat(log.getOut()).contains("The operator " + SUBJECT + " at localhost resumed delivery").doesNotContain("ada@example.org");
    }

    static Stream<Map<String, Object>> withoutRole() {
        return Stream.of(Map.of("sub", SUBJECT), person("realm_access", "viewer"), withRoles(List.of()), withRoles(List.of("admin", 7)),
                withRoles("VIEWERS"), person("roles", "operator"), // another claim
                person("email", "ada@example.org"), Map.of("sub", SUBJECT, "email", "ada@example.org", "email_verified", false),
                Map.of("sub", SUBJECT, "email", "eve@example.org", "email_verified", true));
    }

    @ParameterizedTest
    @MethodSource("withoutRole")
    void aPersonWithoutAKnownRoleIsForbidden(Map<String, Object> claims) {
        PROVIDER.idToken = claims;
        HttpResponse<String> answer = browser.arrive(callback());
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("it names no role that you have here").doesNotContain("example.org");
        assertThat(browser.cookies()).noneMatch(cookie -> cookie.getName().equals(SESSION));
        assertThat(Browser.location(browser.get("/console"))).startsWith("/console/login");
    }

    static Stream<Map<String, Object>> withRole() {
        return Stream.of(withRoles(List.of("other", "viewer")), withRoles("other viewer"), withRoles("other,viewer"),
                Map.of("sub", SUBJECT, "realm_access.roles", "viewer"),
                Map.of("sub", SUBJECT, "email", "BOB@example.org", "email_verified", true),
                Map.of("sub", SUBJECT, "email", "bob@example.org", "email_verified", "true"));
    }

    @ParameterizedTest
    @MethodSource("withRole")
    void aRoleIsFoundInTheTokenOrInUserInfo(Map<String, Object> claims) {
        PROVIDER.idToken = claims;
        assertThat(logIn().body()).contains("<h1>Overview</h1>");
        assertThat(PROVIDER.userInfoCalls).isZero();

        browser = new Browser(port);
        PROVIDER.idToken = Map.of("sub", SUBJECT);
        PROVIDER.userInfo = claims;
        assertThat(logIn().body()).contains("<h1>Overview</h1>");
        assertThat(PROVIDER.userInfoCalls).isOne();
    }

    @Test
    void userInfoOfAnotherPersonIsNotUsed() {
        PROVIDER.userInfo = new HashMap<>(Map.of("sub", "another", "realm_access", Map.of("roles", "operator")));
        assertThat(refused(callback())).contains("could not verify the answer of localhost");
    }

    private static UnaryOperator<Map<String, Object>> claim(String name, Object value) {
        return claims -> {
            claims.put(name, value);
            return claims;
        };
    }

    static Stream<UnaryOperator<Map<String, Object>>> lies() {
        return Stream.of(claim("nonce", "another"), claim("aud", "another-client"), claim("iss", "http://localhost:1"),
                claim("exp", Instant.now().minusSeconds(120).getEpochSecond()),
                claim("iat", Instant.now().plusSeconds(600).getEpochSecond()), claim("aud", List.of("console", "another-client")),
                claims -> {
                    claims.remove("nonce");
                    return claims;
                });
    }

    @ParameterizedTest
    @MethodSource("lies")
    void aTokenThatIsNotForThisLoginIsRefused(UnaryOperator<Map<String, Object>> lie) {
        PROVIDER.idToken = withRoles("operator");
        PROVIDER.lie = lie;
        assertThat(refused(callback())).contains("could not verify the answer of localhost");
    }

    @Test
    void aTokenOfAnotherSignerIsRefused() {
        PROVIDER.idToken = withRoles("operator");
        PROVIDER.isForged = true;
        assertThat(refused(callback())).contains("could not verify the answer of localhost");
        PROVIDER.isUnsigned = true;
        assertThat(refused(callback())).contains("could not verify the answer of localhost");
    }

    @Test
    void anAnswerThatBelongsToNoLoginOfThisBrowserIsRefused() {
        PROVIDER.idToken = withRoles("operator");
        String callback = callback();
        String ofThisBrowser = "This login took too long, or it began in another window or browser.";
        assertThat(refused(callback.replace("state=", "state=x"))).contains(ofThisBrowser);
        assertThat(refused(callback)).as("only one try").contains(ofThisBrowser);
        assertThat(refused("/console/login/oidc/callback")).contains(ofThisBrowser);

        String code = callback().replaceAll(".*code=", "");
        browser = new Browser(port);
        assertThat(refused(callback().replaceAll("code=.*", "code=" + code))).as("PKCE").contains(ofThisBrowser);

        String other = callback();
        browser = new Browser(port);
        browser.get("/console/login");
        assertThat(refused(other)).as("a login that an attacker has begun").contains(ofThisBrowser);
        assertThat(browser.get("/console/login/oidc/callback", "Cookie", "ory-salesforce-console-oidc=forged").statusCode())
                .isEqualTo(302);
    }

    @ParameterizedTest
    @CsvSource({"access_denied, cancelled it there", "invalid_scope, does not accept this app", "server_error, can&#39;t be reached",
        "whatever<script>, could not verify"})
    void theProvidersRefusalIsToldInPlainWords(String error, String told) {
        PROVIDER.refusal = URLEncoder.encode(error, StandardCharsets.UTF_8);
        assertThat(refused(callback())).contains(told).doesNotContain("ada@example.org", "whatever");
    }

    @Test
    void aProviderThatIsDownIsToldAndTheTokenStillOpensTheConsole() {
        PROVIDER.idToken = withRoles("viewer");
        String callback = callback();
        PROVIDER.stop();
        try {
            assertThat(refused(callback)).contains("localhost can&#39;t be reached at the moment");
            assertThat(Browser.location(browser.logIn(OPERATOR_TOKEN))).isEqualTo("/console");
        } finally {
            PROVIDER.start();
        }
        browser = new Browser(port);
        assertThat(logIn().body()).contains("<h1>Overview</h1>");
    }

    @Test
    void theTokenStillOpensTheConsole() {
        assertThat(browser.get("/console/login").body()).contains("Log in with localhost", "Operator token");
        HttpResponse<String> page = browser.follow(browser.logIn(OPERATOR_TOKEN));
        assertThat(page.body()).contains("<h1>Overview</h1>");
        HttpResponse<String> out = browser.submit(page, "/console/logout", Map.of());
        assertThat(browser.follow(out).body()).contains("You are logged out.").doesNotContain("Log out of localhost");
    }

    @Test
    void logOutEndsTheSession() {
        PROVIDER.idToken = withRoles("viewer");
        HttpResponse<String> page = logIn();
        String session = session();
        HttpResponse<String> out = browser.submit(page, "/console/logout", Map.of());
        assertThat(browser.follow(out).body()).contains("You are logged out.").as("the provider has announced no logout")
                .doesNotContain("Log out of localhost");
        assertThat(new Browser(port).get("/console", "Cookie", SESSION + "=" + session).statusCode()).isEqualTo(302);
    }

    /** The provider is at localhost and the app at 127.0.0.1, which are two sites. */
    @Test
    void aRealBrowserSendsTheStrictCookieAfterTheLogin() {
        Tool.require(Tool.CHROMIUM, Tool.CHROMEDRIVER);
        PROVIDER.idToken = withRoles("viewer");
        ChromeDriver chrome = new ChromeDriver(new ChromeDriverService.Builder()
                .usingDriverExecutable(Tool.CHROMEDRIVER.path().toFile()).usingAnyFreePort().build(),
                new ChromeOptions().setBinary(Tool.CHROMIUM.path().toString()).addArguments("--headless=new", "--no-sandbox",
                        "--disable-gpu", "--disable-dev-shm-usage"));
        try {
            chrome.get("http://127.0.0.1:" + port + "/console/audit");
            assertThat(new AxeBuilder().analyze(chrome).getViolations()).isEmpty();
            chrome.findElement(By.linkText("Log in with localhost")).click();
            await().atMost(Duration.ofMinutes(1)).ignoreExceptionsInstanceOf(WebDriverException.class)
                    .until(() -> chrome.findElement(By.tagName("h1")).getText().equals("Audit"));
            assertThat(chrome.manage().getCookieNamed(SESSION).getSameSite()).isEqualTo("Strict");
            chrome.findElement(By.xpath("//button[text()='Log out']")).click();
            await().atMost(Duration.ofMinutes(1)).ignoreExceptionsInstanceOf(WebDriverException.class)
                    .until(() -> chrome.getPageSource().contains("You are logged out."));
        } finally {
            chrome.quit();
        }
    }

    @Test
    void aSessionThatAnotherPersonKnowsIsNotUsed() {
        PROVIDER.idToken = withRoles("viewer");
        logIn();
        String before = session();
        PROVIDER.idToken = withRoles("operator");
        logIn();
        assertThat(session()).isNotEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"viewer, 403", "operator, 403", "privacy, 403", "operator privacy, 200"})
    void allRolesOpenHawtio(String roles, int status) {
        Browser hawtio = browser.at(managementPort);
        PROVIDER.idToken = withRoles(roles);
        logIn();
        HttpResponse<String> page = hawtio.get("/observe/hawtio/", "Accept", "text/html");
        assertThat(page.statusCode()).isEqualTo(status);
        assertThat(page.body().contains("ROLE_MISSING")).isEqualTo(status == 403);
        assertThat(hawtio.get("/observe/jolokia").statusCode()).isEqualTo(status);
        browser.submit(browser.get("/console"), "/console/logout", Map.of());
        HttpResponse<String> out = hawtio.get("/observe/hawtio/", "Accept", "text/html");
        assertThat(hawtio.follow(out).body()).contains("name=\"password\"", "log in at the console (<code>/console</code> on SERVER_PORT)");
    }

    private String session() {
        return browser.cookies().stream().filter(cookie -> cookie.getName().equals(SESSION)).findFirst().orElseThrow().getValue();
    }

    @Test
    void neitherTokensNorCodesNorAddressesAreLogged(CapturedOutput log) {
        PROVIDER.idToken = withRoles("viewer");
        PROVIDER.idToken.put("email", "ada.secret@example.org");
        String callback = callback();
        String code = callback.replaceAll(".*code=", "");
        goOn(browser.arrive(callback));
        PROVIDER.isForged = true;
        refusedQuietly();
        PROVIDER.isForged = false;
        PROVIDER.lie = claim("nonce", "another");
        refusedQuietly();
        assertThat(log.getAll()).doesNotContain(code, "access-token-of-the-sandbox", OidcSandbox.CLIENT_SECRET, "ada.secret@example.org",
                "eyJ");
    }

    private void refusedQuietly() {
        browser = new Browser(port);
        refused(callback());
    }
}
