package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.Tool;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/**
 * What an operator sees and can do in Hawtio, and what is forbidden. With {@code -Dscreenshots=true} the browser test writes
 * the pictures in {@code docs} again.
 */
@ExtendWith(SharedApp.Extension.class)
@Tag("nightly")
class HawtioIT {

    private static final String TOKEN = SharedApp.OPERATOR_TOKEN;
    private static final String CAMEL = "org.apache.camel:context=ory-salesforce-sync,";
    private static final String CONTEXT = CAMEL + "type=context,name=\"ory-salesforce-sync\"";
    private static final String WEBHOOK = CAMEL + "type=routes,name=\"receive.webhook\"";
    private static final String LETTERS = "org.apache.activemq.artemis:broker=\"localhost\",component=addresses,"
            + "address=\"dead-letters\",subcomponent=queues,routing-type=\"anycast\",queue=\"dead-letters\"";
    private static final String JOURNAL = LETTERS.replace("dead-letters", "identity-changes");
    private static final String SESSION = "ory-salesforce-sync";
    private static final boolean SCREENSHOTS = Boolean.getBoolean("screenshots");
    private static final Duration PATIENCE = Duration.ofMinutes(6); // Chrome draws a route for minutes on a busy machine

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static SalesforceSandbox salesforce;
    private static AppProcess app;

    @BeforeAll
    static void share(SharedApp shared) {
        salesforce = shared.salesforce();
        app = shared.process();
    }

    @Test
    void theBrowserShowsStopsAndStartsRoutesAndReadsDeadLetters() throws IOException {
        Tool.require(Tool.CHROMIUM, Tool.CHROMEDRIVER);
        app.ory().sends("registration", "{\"identity\": {\"traits\": \"not what Ory sends\"}}");
        ChromeDriver browser = browser();
        try {
            browser.get(management("/observe/hawtio"));
            picture(browser, "login");
            logIn(browser, "a guess");
            await().atMost(PATIENCE).until(() -> browser.getPageSource().contains("Wrong user or password"));
            assertThat(browser.findElement(By.cssSelector("[role=alert]")).isDisplayed()).isTrue();
            logIn(browser, TOKEN);

            if (!SCREENSHOTS) { // Hawtio draws the diagram of all routes first, for minutes on a machine with two cores
                browser.get(management("/observe/hawtio/camel/operations"));
            }
            click(browser, By.xpath("//button[text()='receive.webhook']"));
            if (SCREENSHOTS) {
                click(browser, By.linkText("Route Diagram"));
                see(browser, "receive.kind");
                picture(browser, "route");
            }

            click(browser, By.linkText("Operations"));
            execute(browser, "stop()");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(answer()).as("Ory tries again").isEqualTo(503));
            execute(browser, "start()");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(answer()).isEqualTo(204));

            click(browser, By.xpath("//button[text()='endpoints']"));
            click(browser, By.xpath("//button[starts-with(text(),'jms://queue:dead-letters')]"));
            click(browser, By.linkText("Browse"));
            click(browser, By.xpath("//main//table//tbody//button"));
            see(browser, "NO_IDENTITY");
            picture(browser, "dead-letters");

            if (SCREENSHOTS) { // Hawtio draws the diagram of all routes before it lists them: minutes on a busy machine
                click(browser, By.xpath("//button[text()='routes']"));
                click(browser, By.linkText("Routes"));
                see(browser, "receive.webhook");
                picture(browser, "routes");
            }
        } catch (RuntimeException | AssertionError e) {
            Files.write(Path.of("target/hawtio.png"), browser.getScreenshotAs(OutputType.BYTES));
            throw e;
        } finally {
            browser.quit();
            ask(request("exec").put("mbean", WEBHOOK).put("operation", "start()"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/observe/hawtio", "/observe/hawtio/", "/observe/hawtio/index.html", "/observe/hawtio/jolokia",
        "/observe/hawtio/user", "/observe/hawtio/auth/login", "/observe/jolokia", "/observe/jolokia/list",
        "/observe/jolokia/exec/java.lang:type=Memory/gc", "/observe/hawtio/proxy/http/127.0.0.1/1/jolokia"})
    void noTokenGivesNoAccess(String path) {
        assertRefused(send(http(path)));
        assertRefused(send(http(path).header("Authorization", "Bearer " + TOKEN)));
        HttpResponse<String> page = send(http(path).header("Accept", "text/html"));
        assertThat(page.statusCode()).isEqualTo(302);
        assertThat(page.headers().firstValue("Location").orElse("")).endsWith("/observe/hawtio/login");
    }

    @Test
    void aWrongPasswordGivesNoAccess() {
        List<CompletableFuture<HttpResponse<String>>> answers = Stream.of("/observe/hawtio/jolokia", "/observe/jolokia",
                "/observe/hawtio/proxy/http/127.0.0.1/1/jolokia")
                .flatMap(path -> Stream.of("guess", AppProcess.SECRET).map(password -> HTTP.sendAsync(
                        http(path).header("Authorization", basic(password)).build(), HttpResponse.BodyHandlers.ofString())))
                .toList();
        answers.forEach(answer -> assertRefused(answer.join()));
    }

    @Test
    void healthAndMetricsNeedNoLogin() {
        assertThat(send(http("/observe/health")).statusCode()).isEqualTo(200);
        assertThat(send(http("/observe/metrics")).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "com.sun.management:type=DiagnosticCommand | vmSystemProperties",
        "com.sun.management:type=DiagnosticCommand | jvmtiAgentLoad",
        "com.sun.management:type=HotSpotDiagnostic | dumpHeap(java.lang.String,boolean)",
        "com.sun.management:type=HotSpotDiagnostic | setVMOption(java.lang.String,java.lang.String)",
        "java.util.logging:type=Logging            | setLoggerLevel(java.lang.String,java.lang.String)",
        "jdk.management.jfr:type=FlightRecorder    | newRecording()",
        "java.lang:type=Memory                     | gc()",
        "java.lang:type=Threading                  | resetPeakThreadCount()",
        "CONTEXT                                   | stop()",
        "CONTEXT                                   | suspend()",
        "CONTEXT                                   | sendBody(java.lang.String,java.lang.Object)",
        "CONTEXT                                   | sendStringBody(java.lang.String,java.lang.String)",
        "CONTEXT                                   | createEndpoint(java.lang.String)",
        "CONTEXT                                   | removeEndpoints(java.lang.String)",
        "CONTEXT                                   | setGlobalOption(java.lang.String,java.lang.String)",
        "WEBHOOK                                   | updateRouteFromXml(java.lang.String)",
        "WEBHOOK                                   | remove()",
        "WEBHOOK                                   | stopAndFail()",
        "LETTERS                                   | removeAllMessages()",
        "LETTERS                                   | removeMessages(java.lang.String)",
        "LETTERS                                   | moveMessages(int,java.lang.String,java.lang.String,boolean)",
        "LETTERS                                   | copyMessage(long,java.lang.String)",
        "JOURNAL                                   | moveMessages(java.lang.String,java.lang.String)",
        "JOURNAL                                   | moveMessage(long,java.lang.String)",
        "LETTERS                                   | pause()",
        "org.apache.activemq.artemis:broker=\"localhost\" | destroyQueue(java.lang.String)",
        "org.apache.activemq.artemis:broker=\"localhost\" | deleteAddress(java.lang.String)",
        "org.apache.activemq.artemis:broker=\"localhost\" | forceFailover()",
    })
    void aDangerousOperationIsRejected(String shortName, String operation, @TempDir Path folder) {
        String mbean = name(shortName);
        String path = mbean.replace("/", "!/").replaceFirst(":", "/") + "/op"; // a list of everything is slow
        assertThat(ask(request("list").put("path", path)).path("value").has(operation.split("\\(")[0])).as("it is there").isTrue();
        ObjectNode request = request("exec").put("mbean", mbean).put("operation", operation);
        Pattern.compile("[\\w.]+(?=[,)])").matcher(operation).results().forEach(type -> request.withArray("arguments")
                .add(type.group().equals("boolean") ? "true" : folder + "/x"));
        assertThat(ask(request).path("status").asInt()).as(operation).isEqualTo(403);
        assertThat(ask(request.put("operation", operation.split("\\(")[0])).path("status").asInt()).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "java.lang:type=Runtime | SystemProperties",
        "java.lang:type=*       | SystemProperties",
        "java.lang:type=Runtime | InputArguments",
        "com.zaxxer.hikari:name=dataSource,type=HikariDataSource | JdbcUrl",
    })
    void valuesThatMayHoldASecretAreNotReadable(String mbean, String attribute) {
        JsonNode answer = ask(request("read").put("mbean", mbean).put("attribute", attribute));
        assertThat(answer.path("status").asInt()).as(answer.toString()).isEqualTo(403);
    }

    @Test
    void nothingIsWrittenRegisteredOrReachedElsewhere() {
        assertThat(ask(request("write").put("mbean", CONTEXT).put("attribute", "Tracing").put("value", true))
                .path("status").asInt()).isEqualTo(403);
        assertThat(ask(request("exec").put("mbean", "*:*").put("operation", "stop()")).path("status").asInt()).isEqualTo(403);
        ObjectNode elsewhere = request("read").put("mbean", "java.lang:type=Memory");
        elsewhere.putObject("target").put("url", "service:jmx:rmi:///jndi/rmi://127.0.0.1:1/jmxrmi");
        assertThat(ask(elsewhere).path("error").asText()).doesNotContain("Connection refused");
        assertThat(send(http("/observe/hawtio/proxy/http/127.0.0.1/1/jolokia").header("Authorization", basic(TOKEN)))
                .statusCode()).isEqualTo(403);
    }

    @Test
    void theOperationsThatAnOperatorNeedsArePermitted() {
        String id = UUID.randomUUID().toString();
        app.ory().sends("registration", Ory.identity(id, Instant.now(), "Person"));
        JsonNode route = ask(request("read").put("mbean", WEBHOOK)).path("value");
        assertThat(route.path("State").asText()).isEqualTo("Started");
        assertThat(route.path("Description").asText()).startsWith("Takes an Ory webhook");
        assertThat(ask(request("exec").put("mbean", CONTEXT).put("operation", "dumpRoutesAsXml()")).path("value").asText())
                .contains("receive.webhook", "Takes an Ory webhook");
        app.ory().sends("registration", "{\"identity\": what is kept of it");
        assertThat(ask(request("exec").put("mbean", LETTERS).put("operation", "browse()")).path("value").toString())
                .contains("UNREADABLE_BODY", "what is kept of it");
        assertThat(ask(request("read").put("mbean", LETTERS).put("attribute", "MessageCount")).path("value").isNumber()).isTrue();
        assertThat(ask(request("exec").put("mbean", "org.springframework.boot:type=Endpoint,name=Health")
                .put("operation", "health()")).path("value").path("status").asText()).isNotEmpty();
        assertThat(send(http("/observe/jolokia/read/java.lang:type=Memory/HeapMemoryUsage")
                .header("Authorization", basic(TOKEN))).body()).contains("\"used\"");
        String everything = ask(request("read").put("mbean", "org.apache.camel:*")).toString()
                + ask(request("read").put("mbean", "org.apache.activemq.artemis:*"));
        assertThat(everything).contains("receive.webhook").doesNotContain(TOKEN, AppProcess.SECRET,
                salesforce.clientId(), salesforce.clientSecret());
    }

    @Test
    void aDeadLetterIsMovedIntoTheJournalAndNowhereElse() {
        String id = UUID.randomUUID().toString();
        ObjectNode event = Ory.identity(id, Instant.now(), "Person");
        ((ObjectNode) event.path("identity").path("traits")).put("email", "no address");
        app.ory().sends("registration", event);
        await().until(() -> letters(id).size() == 1);
        long replayed = replayed();
        ObjectNode move = request("exec").put("mbean", LETTERS).put("operation", "moveMessages(java.lang.String,java.lang.String)");
        assertThat(ask(move.deepCopy().set("arguments", JSON.createArrayNode().add("identity = '" + id + "'").add("nowhere")))
                .path("status").asInt()).as("there is no such queue").isEqualTo(500);
        JsonNode letter = letters(id).get(0);

        assertThat(ask(move.deepCopy().set("arguments", JSON.createArrayNode().add("identity = '" + id + "'").add("identity-changes")))
                .path("value").asInt()).isEqualTo(1);
        await().untilAsserted(() -> assertThat(letters(id)).singleElement().as("Salesforce rejects it again").isNotEqualTo(letter));
        assertThat(replayed()).isEqualTo(replayed + 1);
        assertThat(app.log()).contains("Dead letter " + letter.path("id").asText() + " was moved into the journal");

        JsonNode message = ask(request("exec").put("mbean", LETTERS).put("operation", "browse(java.lang.String)")
                .set("arguments", JSON.createArrayNode().add("identity = '" + id + "'"))).path("value").get(0);
        ObjectNode moveOne = request("exec").put("mbean", LETTERS).put("operation", "moveMessage(long,java.lang.String)");
        moveOne.putArray("arguments").add(message.path("messageID").asText()).add("identity-changes");
        assertThat(ask(moveOne).path("value").asBoolean()).isTrue();
        await().untilAsserted(() -> assertThat(replayed()).isEqualTo(replayed + 2));
        await().until(() -> letters(id).size() == 1);
    }

    private static List<JsonNode> letters(String identity) {
        List<JsonNode> letters = new ArrayList<>();
        api("/api/dead-letters?identity=" + identity).path("items").forEach(letters::add);
        return letters;
    }

    private static long replayed() {
        return api("/api/status").path("balance").path("replayed").asLong();
    }

    private static JsonNode api(String path) {
        try {
            return JSON.readTree(app.operator(TOKEN).get(path).body());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void stepsWithAnIdAreSeenAndNoOthers() {
        List<String> steps = new ArrayList<>();
        ask(request("search").put("mbean", "org.apache.camel:type=processors,*")).path("value")
                .forEach(step -> steps.add(step.asText().replaceAll(".*name=\"([^\"]*)\".*", "$1")));
        assertThat(steps).contains("receive.journal", "sync.portions").allMatch(step -> step.contains("."));
    }

    /** A page elsewhere can make the operator's browser send the cookie of the session. */
    @Test
    void anotherPageCanNotUseTheSession() {
        HttpResponse<String> login = send(http("/observe/hawtio/login").header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("username=operator&password=" + TOKEN)));
        assertThat(login.headers().allValues("Set-Cookie")).anySatisfy(
                cookie -> assertThat(cookie).startsWith(SESSION + "=").contains("HttpOnly", "SameSite=Strict", "Path=/;"));
        String session = SESSION + "=" + cookie(login, SESSION);
        String csrf = cookie(send(http("/observe/hawtio/user").header("Cookie", session)), "XSRF-TOKEN");
        String stop = "/observe/jolokia/exec/java.lang:type=Threading/findDeadlockedThreads()";
        for (String path : List.of(stop, stop.replace("/exec", "?p=exec"), stop.replace("jolokia", "hawtio/jolokia"))) {
            assertThat(send(http(path).header("Cookie", session)).statusCode()).as(path).isEqualTo(403);
        }
        HttpRequest.Builder post = http("/observe/jolokia").header("Cookie", session)
                .POST(HttpRequest.BodyPublishers.ofString(request("version").toString()));
        assertThat(send(post).statusCode()).isEqualTo(403);
        assertThat(send(http(stop).header("Cookie", session + "; XSRF-TOKEN=" + csrf).header("X-XSRF-TOKEN", csrf))
                .statusCode()).isEqualTo(200);
    }

    private static void assertRefused(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().map()).doesNotContainKey("www-authenticate");
    }

    private static ChromeDriver browser() {
        ChromeOptions options = new ChromeOptions().setBinary(Tool.CHROMIUM.path().toString()).addArguments("--headless=new",
                "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1400,900");
        return new ChromeDriver(new ChromeDriverService.Builder().usingDriverExecutable(Tool.CHROMEDRIVER.path().toFile())
                .usingAnyFreePort().build(), options);
    }

    private static void logIn(ChromeDriver browser, String password) {
        browser.findElement(By.name("password")).sendKeys(password);
        browser.findElement(By.tagName("button")).click();
    }

    /** Waits for it; React may redraw it in between. */
    private static void click(ChromeDriver browser, By what) {
        await().atMost(PATIENCE).ignoreExceptionsInstanceOf(WebDriverException.class).until(() -> {
            WebElement element = browser.findElement(what);
            browser.executeScript("arguments[0].scrollIntoView({block: 'center'})", element);
            element.click();
            return true;
        });
    }

    private static void see(ChromeDriver browser, String text) {
        await().atMost(PATIENCE).ignoreExceptionsInstanceOf(WebDriverException.class)
                .until(() -> browser.findElement(By.tagName("body")).getText().contains(text));
    }

    private static void execute(ChromeDriver browser, String operation) {
        String row = "//li[.//b[.='" + operation + "']]";
        click(browser, By.xpath(row + "//button[starts-with(@id, 'ex-toggle')]"));
        click(browser, By.xpath(row + "//button[.='Execute']"));
    }

    private static void picture(ChromeDriver browser, String name) throws IOException {
        if (SCREENSHOTS) {
            Files.write(Path.of("docs/hawtio-" + name + ".png"), browser.getScreenshotAs(OutputType.BYTES));
        }
    }

    private static int answer() {
        return app.ory().sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Person"))
                .statusCode();
    }

    private static String name(String shortName) {
        return switch (shortName) {
            case "CONTEXT" -> CONTEXT;
            case "WEBHOOK" -> WEBHOOK;
            case "LETTERS" -> LETTERS;
            case "JOURNAL" -> JOURNAL;
            default -> shortName;
        };
    }

    private static String cookie(HttpResponse<String> answer, String name) {
        return answer.headers().allValues("Set-Cookie").stream().filter(cookie -> cookie.startsWith(name + "="))
                .map(cookie -> cookie.substring(name.length() + 1).split(";")[0]).findFirst().orElseThrow();
    }

    private static String basic(String password) {
        return "Basic " + Base64.getEncoder().encodeToString(("operator:" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static ObjectNode request(String type) {
        return JSON.createObjectNode().put("type", type);
    }

    private static JsonNode ask(ObjectNode request) {
        try {
            return JSON.readTree(send(http("/observe/jolokia").header("Authorization", basic(TOKEN))
                    .POST(HttpRequest.BodyPublishers.ofString(request.toString()))).body());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String management(String path) {
        return "http://127.0.0.1:" + app.managementPort() + path;
    }

    private static HttpRequest.Builder http(String path) {
        return HttpRequest.newBuilder(URI.create(management(path)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
