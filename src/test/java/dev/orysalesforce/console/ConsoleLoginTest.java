package dev.orysalesforce.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.AppTest;
import dev.orysalesforce.operator.Role;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.ApplicationContext;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The console opens for a person with the operator token, and for no form of another page. */
@Tag("any-ledger")
class ConsoleLoginTest extends AppTest {

    private static final String SESSION = Browser.SESSION;

    @Autowired
    private MeterRegistry meters;

    @Autowired
    private ApplicationContext app;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping handlers;

    private Browser browser;

    @BeforeEach
    void aNewBrowser() {
        browser = new Browser(port);
    }

    @Test
    void theTokenOpensTheConsole() {
        HttpResponse<String> login = browser.logIn(OPERATOR_TOKEN);
        assertThat(login.statusCode()).isEqualTo(302);
        assertThat(Browser.location(login)).isEqualTo("/console");
        assertThat(cookie(login, SESSION)).contains("HttpOnly", "SameSite=Strict", "Path=/;").doesNotContain("Secure");
        assertThat(browser.follow(login).body()).contains("<h1>Overview</h1>").doesNotContain(OPERATOR_TOKEN);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-",
            value = {"-, -", "?first, -", "?wrong, This is not the operator token.", "?ended, Your session has ended. Log in again.",
                "?out, You are logged out."})
    void theLoginTellsOnlyWhatHappened(String query, String message) {
        String page = browser.get("/console/login" + (query == null ? "" : query)).body();
        List<String> messages =
                Pattern.compile("<p class=\"message[^>]*>([^<]*)<").matcher(page).results().map(one -> one.group(1)).toList();
        assertThat(messages).isEqualTo(message == null ? List.of() : List.of(message));
    }

    @Test
    void aTokenWithBlanksAroundItIsTaken() {
        assertThat(Browser.location(browser.logIn(" " + OPERATOR_TOKEN + "\t"))).isEqualTo("/console");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wrong-operator-token", "", SECRET})
    void anotherTokenDoesNot(String token) {
        double refused = refused();
        HttpResponse<String> login = browser.logIn(token);
        assertThat(browser.follow(login).body()).contains("This is not the operator token.", "name=\"token\"");
        assertThat(refused()).isEqualTo(refused + 1);
        assertThat(browser.cookies()).noneMatch(cookie -> cookie.getName().equals(SESSION));
        assertThat(Browser.location(browser.get("/console"))).startsWith("/console/login");
    }

    private double refused() {
        return meters.counter("ory.sync.refused.logins", "caller", "operator").count();
    }

    @Test
    void behindAProxyWithTlsTheCookieIsSecure() {
        HttpResponse<String> form = browser.get("/console/login", "X-Forwarded-Proto", "https");
        assertThat(form.headers().allValues("Set-Cookie")).allSatisfy(cookie -> assertThat(cookie).contains("Secure", "HttpOnly"));
        Map<String, String> hidden = Browser.hidden(form, "/console/login");
        browser.cookies().forEach(cookie -> cookie.setSecure(false)); // this client speaks plain HTTP, as the proxy does
        HttpResponse<String> login =
                browser.post("/console/login", with(hidden, "token", OPERATOR_TOKEN), "X-Forwarded-Proto", "https,http");
        assertThat(cookie(login, "__Host-" + SESSION)).contains("Secure", "HttpOnly", "SameSite=Strict", "Path=/;")
                .doesNotContain("Domain");
        assertThat(Browser.location(login)).as("the proxy knows its address").isEqualTo("/console");
        assertThat(login.headers().map()).as("Hawtio's port has no TLS").doesNotContainKey("strict-transport-security");
    }

    @Test
    void aSessionThatAnotherPersonKnowsIsNotUsed() {
        Browser other = new Browser(port);
        String known = "A".repeat(32);
        HttpResponse<String> form = browser.get("/console/login");
        HttpResponse<String> login = browser.post("/console/login", with(Browser.hidden(form, "/console/login"), "token", OPERATOR_TOKEN),
                "Cookie", SESSION + "=" + known + "; " + browser.cookies().get(0).getName() + "=" + browser.cookies().get(0).getValue());
        assertThat(cookie(login, SESSION)).doesNotContain(known);
        assertThat(other.get("/console", "Cookie", SESSION + "=" + known).statusCode()).isEqualTo(302);

        String before = browser.session();
        browser.logIn(OPERATOR_TOKEN);
        assertThat(browser.session()).as("a second login changes it, too").isNotEqualTo(before);
        assertThat(other.get("/console", "Cookie", SESSION + "=" + before).statusCode()).isEqualTo(302);
    }

    @Test
    void theLoginLeadsBackToThePageThatWasAskedFor() {
        browser.logIn(OPERATOR_TOKEN);
        browser.loseSession();
        HttpResponse<String> login = browser.follow(browser.get("/console/audit?act=replay&offset=50"));
        assertThat(login.body()).contains("Your session has ended.");
        HttpResponse<String> back = browser.submit(login, "/console/login", Map.of("token", "wrong-operator-token"));
        back = browser.submit(browser.follow(back), "/console/login", Map.of("token", OPERATOR_TOKEN));
        assertThat(Browser.location(back)).isEqualTo("/console/audit?act=replay&offset=50");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://elsewhere.example/", "//elsewhere.example/console", "/\\elsewhere.example", "/api/status",
        "/console/../api/status", "/console/%2e%2e/api/status", "/consoles", "/console/login?out", "javascript:alert(1)",
        "/console\r\nSet-Cookie: a=b"})
    void butNowhereElse(String address) {
        HttpResponse<String> form = browser.get("/console/login");
        assertThat(Browser.location(browser.submit(form, "/console/login", Map.of("token", OPERATOR_TOKEN, "then", address))))
                .isEqualTo("/console");
    }

    @Test
    void afterTheSessionHasEndedAFormLeadsToTheLogin() {
        browser.logIn(OPERATOR_TOKEN);
        HttpResponse<String> page = browser.get("/console");
        HttpResponse<String> mappings = browser.get("/console/mappings?mapping=mappings%2Flead.jslt");
        browser.loseSession();
        assertThat(browser.follow(browser.submit(page, "/console/logout", Map.of())).body()).contains("Your session has ended.");
        HttpResponse<String> asked = browser.submit(mappings, "/console/mappings", Map.of("text", "{}"));
        assertThat(Browser.location(asked)).endsWith("then=%2Fconsole%2Fmappings%3Fmapping%3Dmappings%252Flead.jslt");
        assertThat(browser.follow(asked).body()).contains("What you entered last was not sent.");
        assertThat(Browser.location(browser.post("/console/mappings", Map.of(), "Referer", "https://elsewhere.example/page")))
                .endsWith("then=%2Fconsole");
        HttpResponse<String> part = browser.get("/console/live", "HX-Request", "true");
        assertThat(part.statusCode()).isEqualTo(401);
        assertThat(part.headers().firstValue("HX-Refresh")).as("so that htmx shows the login").contains("true");
    }

    @Test
    void logOutEndsTheSession() {
        browser.logIn(OPERATOR_TOKEN);
        String session = browser.session();
        HttpResponse<String> out = browser.submit(browser.get("/console"), "/console/logout", Map.of());
        assertThat(browser.follow(out).body()).contains("You are logged out.");
        assertThat(new Browser(port).get("/console", "Cookie", SESSION + "=" + session).statusCode()).isEqualTo(302);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/console/resume", "/console/compare", "/console/logout", "/console/login"})
    void aFormOfAnotherPageIsRefused(String action) {
        browser.logIn(OPERATOR_TOKEN);
        for (Map<String, String> fields : List.of(Map.of("token", OPERATOR_TOKEN), Map.of("token", OPERATOR_TOKEN, "_csrf", "guess"))) {
            HttpResponse<String> answer = browser.post(action, fields);
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("<h1>Forbidden</h1>", "no page of this console sent the form");
        }
        assertThat(browser.get("/console").statusCode()).as("still logged in").isEqualTo(200);
    }

    private static final Map<String, Set<Role>> NEEDED = Map.ofEntries(
            Map.entry("/console/changes", Set.of(Role.OPERATOR)),
            Map.entry("/console/changes/cancel", Set.of(Role.OPERATOR)),
            Map.entry("/console/changes/reveal", Set.of(Role.PRIVACY)),
            Map.entry("/console/changes/csv/reveal", Set.of(Role.PRIVACY)),
            Map.entry("/console/compare", Set.of(Role.OPERATOR)),
            Map.entry("/console/dead-letters/discard", Set.of(Role.OPERATOR)),
            Map.entry("/console/dead-letters/replay", Set.of(Role.OPERATOR)),
            Map.entry("/console/dead-letters/{id}/discard", Set.of(Role.OPERATOR)),
            Map.entry("/console/dead-letters/{id}/reveal", Set.of(Role.PRIVACY)),
            Map.entry("/console/identities", Set.of(Role.VIEWER)),
            Map.entry("/console/identities/csv", Set.of(Role.VIEWER)),
            Map.entry("/console/identities/{id}/erase", Set.of(Role.PRIVACY)),
            Map.entry("/console/identities/{id}/sync", Set.of(Role.OPERATOR)),
            Map.entry("/console/mappings", Set.of(Role.OPERATOR)),
            Map.entry("/console/mappings/confirm", Set.of(Role.OPERATOR)),
            Map.entry("/console/mappings/take-back", Set.of(Role.OPERATOR)),
            Map.entry("/console/mappings/reveal", Set.of(Role.OPERATOR, Role.PRIVACY)),
            Map.entry("/console/resume", Set.of(Role.OPERATOR)),
            Map.entry("/console/set-up", Set.of(Role.OPERATOR)),
            Map.entry("/console/set-up/test-alert/{target}", Set.of(Role.OPERATOR)));

    /** Each act of the console, of which a new one has to be added here. */
    @ParameterizedTest
    @CsvSource({"VIEWER, VIEWER", "VIEWER, OPERATOR", "VIEWER, PRIVACY", "OPERATOR, PRIVACY"})
    void aPersonMayDoWhatTheRolesPermitAndNothingElse(Role one, Role other) {
        Set<String> acts = handlers.getHandlerMethods().keySet().stream()
                .filter(handler -> handler.getMethodsCondition().getMethods().contains(RequestMethod.POST))
                .flatMap(handler -> handler.getPatternValues().stream()).filter(path -> path.startsWith("/console"))
                .collect(Collectors.toSet());
        assertThat(acts).isEqualTo(NEEDED.keySet());
        Set<Role> roles = Set.copyOf(List.of(one, other));
        Browser person = Logins.with(app, port, OPERATOR_TOKEN, Role.VIEWER, one, other);
        Map<String, String> form = Browser.hidden(person.get("/console"), "/console/logout");
        acts.forEach(act -> assertThat(person.post(act.replaceAll("\\{\\w+}", UUID.randomUUID().toString()), form).statusCode() != 403)
                .as("%s by %s", act, roles).isEqualTo(NEEDED.get(act).equals(Set.of(Role.VIEWER)) || roles.containsAll(NEEDED.get(act))));
    }

    @Test
    void noOtherCredentialOpensIt() {
        for (String header : List.of("Bearer " + OPERATOR_TOKEN, "Basic b3BlcmF0b3I6Zmlyc3Qtb3BlcmF0b3ItdG9rZW4=")) {
            assertThat(browser.get("/console", "Authorization", header).statusCode()).isEqualTo(302);
        }
    }

    @Test
    void aCallerWithoutATokenGetsNoSession() {
        browser.get("/console");
        browser.get("/console/login?then=%2Fconsole%2Faudit");
        browser.get("/console/nowhere");
        assertThat(browser.cookies()).noneMatch(cookie -> cookie.getName().equals(SESSION));
    }

    @Test
    void theManagementPortHasNoConsole() {
        assertThat(new Browser(managementPort).get("/console").statusCode()).isEqualTo(404);
        assertThat(new Browser(managementPort).get("/console/login").statusCode()).isEqualTo(404);
    }

    private static Map<String, String> with(Map<String, String> fields, String name, String value) {
        fields.put(name, value);
        return fields;
    }

    private static String cookie(HttpResponse<String> answer, String name) {
        return answer.headers().allValues("Set-Cookie").stream().filter(cookie -> cookie.startsWith(name + "=")).findFirst()
                .orElseThrow(() -> new AssertionError(answer.headers().toString()));
    }
}
