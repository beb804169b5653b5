package dev.orysalesforce.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.AppTest;
import dev.orysalesforce.operator.IdleSession;
import dev.orysalesforce.operator.Role;
import java.net.HttpCookie;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.catalina.Manager;
import org.apache.catalina.Session;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationContext;

/** The login to the console and the login to Hawtio, which is on another port, are the same. */
@Tag("any-ledger")
class OneLoginTest extends AppTest {

    private static final String HAWTIO = "/observe/hawtio";
    private static final String JOLOKIA = "/observe/jolokia";

    @Autowired
    private ApplicationContext app;

    private Browser console;
    private Browser hawtio;

    @BeforeEach
    void aNewBrowser() {
        console = new Browser(port);
        hawtio = console.at(managementPort);
    }

    private HttpResponse<String> logInToHawtio(Browser browser) {
        return browser.post(HAWTIO + "/login", Map.of("username", "operator", "password", OPERATOR_TOKEN));
    }

    private HttpResponse<String> page() {
        return hawtio.get(HAWTIO + "/", "Accept", "text/html");
    }

    @Test
    void theConsoleOpensHawtio() {
        assertThat(Browser.location(page())).isEqualTo(HAWTIO + "/login");
        console.logIn(OPERATOR_TOKEN);
        HttpResponse<String> page = page();
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().allValues("Set-Cookie")).as("no other session").noneMatch(cookie -> cookie.contains(Browser.SESSION));
        assertThat(read().statusCode()).isEqualTo(200);
        assertThat(console.get("/console").statusCode()).as("still").isEqualTo(200);
    }

    /** As Hawtio's script does. */
    private HttpResponse<String> read() {
        return hawtio.get(JOLOKIA + "/read/java.lang:type=Memory/HeapMemoryUsage", "X-XSRF-TOKEN", csrfToken());
    }

    private String csrfToken() {
        return hawtio.cookies().stream().filter(cookie -> cookie.getName().equals("XSRF-TOKEN")).findFirst().map(HttpCookie::getValue)
                .orElse("none");
    }

    @Test
    void hawtioOpensTheConsole() {
        assertThat(Browser.location(logInToHawtio(hawtio))).isEqualTo(HAWTIO + "/");
        page();
        assertThat(read().statusCode()).isEqualTo(200);
        HttpResponse<String> overview = console.get("/console");
        assertThat(overview.body()).contains("<h1>Overview</h1>");
        assertThat(console.submit(overview, "/console/logout", Map.of()).statusCode()).as("a form of the console").isEqualTo(302);
    }

    @Test
    void withoutTheCookieThereIsNoLogin() {
        console.logIn(OPERATOR_TOKEN);
        assertThat(new Browser(managementPort).get(JOLOKIA).statusCode()).isEqualTo(401);
        console.loseSession();
        assertThat(hawtio.get(JOLOKIA).statusCode()).isEqualTo(401);
    }

    @Test
    void aLogoutOfTheConsoleEndsBoth() {
        logInToHawtio(hawtio);
        console.submit(console.get("/console"), "/console/logout", Map.of());
        assertThat(Browser.location(page())).isEqualTo(HAWTIO + "/login");
        assertThat(console.get("/console").statusCode()).isEqualTo(302);
    }

    @Test
    void aLogoutOfHawtioEndsBoth() {
        console.logIn(OPERATOR_TOKEN);
        page();
        assertThat(Browser.location(hawtio.get(HAWTIO + "/auth/logout", "Accept", "text/html"))).isEqualTo(HAWTIO + "/login");
        assertThat(Browser.location(console.get("/console"))).startsWith("/console/login?ended");
        assertThat(Browser.location(page())).isEqualTo(HAWTIO + "/login");
    }

    @Test
    void aSessionThatOnlyHawtioHasPolledEnds() {
        console.logIn(OPERATOR_TOKEN);
        page();
        assertThat(read().statusCode()).isEqualTo(200);
        Logins.session(app, console).setAttribute(IdleSession.class.getName(), Instant.EPOCH);
        assertThat(read().statusCode()).as("its token is of no session").isEqualTo(403);
        assertThat(Browser.location(page())).isEqualTo(HAWTIO + "/login");
        assertThat(Browser.location(console.get("/console"))).startsWith("/console/login?ended");
    }

    /** Hawtio notes when it was used, and ends a session by that. */
    @Test
    void aSessionThatIsUsedInTheConsoleDoesNotEndInHawtio() {
        console.logIn(OPERATOR_TOKEN);
        page();
        assertThat(Logins.session(app, console).getAttribute("LastAccess")).isNotNull();
        Logins.session(app, console).setAttribute("LastAccess", 0L);
        console.get("/console/audit");
        assertThat(read().statusCode()).isEqualTo(200);
        assertThat(page().statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"VIEWER", "VIEWER,OPERATOR", "VIEWER,PRIVACY", "OPERATOR,PRIVACY"})
    void aPersonWithoutAllRolesIsRefused(String roles) {
        console = Logins.with(app, port, OPERATOR_TOKEN, Stream.of(roles.split(",")).map(Role::valueOf).toArray(Role[]::new));
        hawtio = console.at(managementPort);
        for (HttpResponse<String> answer : List.of(page(), hawtio.get(JOLOKIA), hawtio.get(HAWTIO + "/index.html"))) {
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("ROLE_MISSING", "viewer, operator and privacy").doesNotContain("HeapMemoryUsage");
        }
        assertThat(read().statusCode()).isEqualTo(403);
        logInToHawtio(hawtio);
        assertThat(page().statusCode()).as("with the token").isEqualTo(200);
    }

    @Test
    void eachLoginMakesANewSession() {
        console.logIn(OPERATOR_TOKEN);
        String before = console.session();
        String known = Browser.hidden(console.get("/console"), "/console/logout").get("_csrf");
        logInToHawtio(hawtio);
        assertThat(console.session()).isNotEqualTo(before);
        String old = Browser.SESSION + "=" + before;
        assertThat(new Browser(port).get("/console", "Cookie", old).statusCode()).isEqualTo(302);
        assertThat(new Browser(managementPort).get(JOLOKIA, "Cookie", old).statusCode()).isEqualTo(401);
        assertThat(console.post("/console/resume", Map.of("_csrf", known)).statusCode()).as("a form of the session before").isEqualTo(403);
    }

    @Test
    void aProgramGetsNoSession() {
        String basic = "Basic " + Base64.getEncoder().encodeToString(("operator:" + OPERATOR_TOKEN).getBytes());
        HttpResponse<String> answer = hawtio.get(JOLOKIA + "/read/java.lang:type=Memory/HeapMemoryUsage", "Authorization", basic);
        assertThat(answer.statusCode()).isEqualTo(200);
        logInWith("wrong-operator-token");
        page();
        assertThat(hawtio.cookies()).isEmpty();
    }

    private void logInWith(String token) {
        assertThat(Browser.location(hawtio.post(HAWTIO + "/login", Map.of("username", "operator", "password", token)))).endsWith("?wrong");
    }

    @Test
    void theSessionOpensNeitherTheApiNorWebhooks() {
        console.logIn(OPERATOR_TOKEN);
        assertThat(console.get("/api/status").statusCode()).isEqualTo(401);
        assertThat(console.post("/webhooks/ory/login", Map.of()).statusCode()).isEqualTo(401);
    }

    /** A browser keeps the Secure cookie, does not send it without TLS, and lets no plain HTTP replace it. */
    @Test
    void aLoginOverTlsAndOneWithoutDoNotDisturbEachOther() {
        Map<String, String> login = new HashMap<>(Browser.hidden(console.get("/console/login"), "/console/login"));
        login.put("token", OPERATOR_TOKEN);
        HttpResponse<String> overTls = console.post("/console/login", login, "X-Forwarded-Proto", "https");
        String secure = overTls.headers().allValues("Set-Cookie").stream()
                .filter(cookie -> cookie.startsWith("__Host-" + Browser.SESSION + "=")).findFirst().orElseThrow().split(";")[0];
        assertThat(new Browser(port).get("/console", "Cookie", secure).statusCode()).isEqualTo(200);
        assertThat(new Browser(managementPort).get(HAWTIO + "/", "Cookie", secure).statusCode()).as("a proxy with TLS").isEqualTo(200);

        logInToHawtio(hawtio);
        String both = Browser.SESSION + "=" + hawtio.session() + "; " + secure;
        HttpResponse<String> overview = new Browser(port).get("/console", "Cookie", both);
        new Browser(port).post("/console/logout", Browser.hidden(overview, "/console/logout"), "Cookie", both);
        assertThat(new Browser(port).get("/console", "Cookie", both).statusCode()).as("logged out").isEqualTo(302);
        assertThat(page().statusCode()).as("a login of its own").isEqualTo(200);

        HttpResponse<String> proxied = hawtio.post(HAWTIO + "/login", Map.of("username", "operator", "password", OPERATOR_TOKEN),
                "X-Forwarded-Proto", "https");
        assertThat(proxied.headers().allValues("Set-Cookie")).anySatisfy(cookie -> assertThat(cookie).startsWith("__Host-")
                .contains("Secure", "HttpOnly", "SameSite=Strict"));
    }

    @Test
    void aScriptThatLogsInAgainAndAgainKeepsABoundedNumberOfSessions() {
        Manager sessions = Logins.sessions(app);
        console.logIn(OPERATOR_TOKEN);
        long later = System.currentTimeMillis() + 60_000;
        IntStream.range(0, 1_000).forEach(i -> sessions.createSession(null).setCreationTime(later));
        assertThat(sessions.getActiveSessions()).isEqualTo(1_000);
        assertThat(console.get("/console").statusCode()).as("the one that was not used for the longest time").isEqualTo(302);
        Stream.of(sessions.findSessions()).forEach(Session::expire);
    }
}
