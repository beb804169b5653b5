package dev.orysalesforce.demo;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.Ory;
import dev.orysalesforce.check.Finding;
import dev.orysalesforce.console.Browser;
import dev.orysalesforce.doctor.SetUpChecks;
import dev.orysalesforce.doctor.SetUpReport;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.sandbox.SandboxRecord;
import dev.orysalesforce.sandbox.Write;
import dev.orysalesforce.sandbox.ory.OryProject;
import jakarta.jms.TextMessage;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.springframework.jms.core.JmsTemplate;

/**
 * Posts webhooks that a real Kratos has sent, one after the other, then does what an operator does, and prints the outcome of each.
 * Afterwards each page of the console has something to show.
 */
public final class DemoScript {

    private record Chapter(String told, String event, String sample) {}

    private static final List<Chapter> CHAPTERS = List.of(
            new Chapter("Ada signs up", "registration", "registration-ctx"),
            new Chapter("Ada verifies her address", "verification", "verification-ctx"),
            new Chapter("Ada marries and changes her profile", "settings", "settings-ctx"),
            new Chapter("Ada logs in", "login", "login-ctx"),
            new Chapter("Ada recovers her account", "recovery", "recovery-ctx"),
            new Chapter("Grace signs up by one-time code", "registration", "registration-code-ctx"),
            new Chapter("Sinéad signs up in a browser", "registration", "registration-browser-ctx"),
            new Chapter("Linus: a template that sends the identity only", "registration", "identity-only"),
            new Chapter("Grace again: a recipe with flat fields", "registration", "flat-recipe"),
            new Chapter("Katherine: a recipe with headers", "registration", "identity-flow-headers"),
            new Chapter("A user logs in: a template that wraps ctx", "login", "login-wrapped-ctx"),
            new Chapter("Åsa: Salesforce rejects her address", "registration", "id-and-traits"),
            new Chapter("Edith: the hook runs before Ory stores her", "registration", "registration-before-persistence"),
            new Chapter("A Salesforce record instead of an identity", "registration", "salesforce-shaped-lead"),
            new Chapter("An event near 64 KiB, which Ory sends empty", "settings", null));

    private static final String LINE = "  %-46s %-9s %s%n";
    private static final String CHANGES = "/console/changes";
    private static final Pattern COMPARED = Pattern.compile("\\d+ examples compared\\.|[^<>.]+ would change\\.");
    private static final String NOT_STORED = "00000000-0000-0000-0000-000000000000";
    private static final String REFUSED = "INVALID_EMAIL_ADDRESS";

    /** What the search of the console finds after the script. */
    public static final String ADDRESS = "ada@king.example.org";

    /** Of a person who is missing in Salesforce. */
    public static final String REFUSED_ADDRESS = "åsa.öberg@example.org";

    private final Ory ory;
    private final OryProject project;
    private final Operator operator;
    private final Browser browser;
    private final SetUpChecks checks;
    private final SalesforceSandbox salesforce;
    private final EmbeddedActiveMQ broker;
    private final JmsTemplate jms;
    private final ObjectMapper json;

    /** @param browser has logged in to the console */
    public DemoScript(Ory ory, OryProject project, Operator operator, Browser browser, SetUpChecks checks, SalesforceSandbox salesforce,
            EmbeddedActiveMQ broker,
            JmsTemplate jms, ObjectMapper json) {
        this.ory = ory;
        this.project = project;
        this.operator = operator;
        this.browser = browser;
        this.checks = checks;
        this.salesforce = salesforce;
        this.broker = broker;
        this.jms = jms;
        this.json = json;
    }

    public void tell(PrintStream out) {
        out.printf("%n" + LINE, "WHAT HAPPENED AT ORY", "ANSWER", "OUTCOME");
        for (Chapter chapter : CHAPTERS) {
            List<JsonNode> lettersBefore = deadLetters();
            long writesBefore = salesforce.writes().count();
            String body = chapter.sample() == null ? "" : Ory.webhook(chapter.sample());
            store(body);
            HttpResponse<String> answer = ory.sends(chapter.event(), body);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> broker.getActiveMQServer().locateQueue("identity-changes").getMessageCount() == 0);
            List<String> lines = new ArrayList<>();
            salesforce.writes().all().stream().skip(writesBefore).map(this::line).forEach(lines::add);
            deadLetters().stream().skip(lettersBefore.size()).map(DemoScript::line).forEach(lines::add);
            if (lines.isEmpty()) {
                lines.add("nothing has changed: no call to Salesforce");
            }
            out.printf(LINE, chapter.told(), answer.statusCode(), lines.get(0));
            lines.stream().skip(1).forEach(line -> out.printf("  %-56s %s%n", "", line));
        }
        out.printf("%n" + LINE, "WHAT AN OPERATOR DID", "ANSWER", "OUTCOME");
        replay(out);
        compare(out);
        checkSetUp(out);
        tryChange(out);
        out.println();
    }

    private void replay(PrintStream out) {
        HttpResponse<String> answer = operator.post("/api/dead-letters/replay", "{\"code\": \"" + REFUSED + "\"}");
        List<JsonNode> again = await().atMost(Duration.ofSeconds(30)).until(() -> deadLetters().stream()
                .filter(letter -> letter.path("code").asText().equals(REFUSED)).toList(), letters -> !letters.isEmpty());
        out.printf(LINE, "Replays the dead letter of Åsa", answer.statusCode(), line(again.get(0)));
    }

    /** Ory stores an identity before it calls a hook, unless the hook runs before that. */
    private void store(String body) {
        JsonNode event = body.isEmpty() ? json.missingNode() : read(body);
        JsonNode identity = Stream.of("/identity", "/ctx/identity", "").map(event::at).filter(JsonNode::isObject).findFirst()
                .orElse(event);
        String id = identity.path("id").asText(identity.path("identity_id").asText());
        if (!identity.path("traits").isObject() || id.equals(NOT_STORED)) {
            return;
        }
        if (identity.has("updated_at")) {
            project.restore(identity.deepCopy());
        } else if (project.identity(id) == null) {
            project.add(id, json.convertValue(identity.path("traits"), new TypeReference<Map<String, Object>>() {}));
        }
    }

    private void compare(PrintStream out) {
        HttpResponse<String> answer = operator.post("/api/reconcile", "");
        JsonNode ended = await().atMost(Duration.ofSeconds(30)).until(() -> read(operator.get("/api/status").body()).path("reconcile"),
                comparison -> comparison.path("state").asText().equals("done"));
        out.printf(LINE, "Compares all identities with Salesforce", answer.statusCode(),
                "Ory lists %d, and %d of them had to be sent again".formatted(ended.path("seen").asInt(), ended.path("queued").asInt()));
    }

    private JsonNode read(String text) {
        try {
            return json.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private void checkSetUp(PrintStream out) {
        salesforce.org().letViewSetup(true); // or the doctor could not see that no rule assigns new Leads
        checks.run();
        SetUpReport report = checks.last().get("Salesforce").report();
        out.printf(LINE, "Checks the set-up of Salesforce", "", report.findings().stream().map(Finding::message)
                .collect(Collectors.joining(" ")));
    }

    private void tryChange(PrintStream out) {
        List<Map.Entry<String, String>> fields = List.of(
                Map.entry("_csrf", Browser.hidden(browser.get(CHANGES), CHANGES + "/compare").get("_csrf")),
                Map.entry("over", "examples"));
        HttpResponse<String> answer = browser.upload(CHANGES + "/compare", fields, Map.of("lead.jslt", candidate()));
        String page = await().atMost(Duration.ofSeconds(30))
                .until(() -> browser.get(CHANGES + "/live").body(), body -> body.contains("would change."));
        out.printf(LINE, "Tries another lead source on all examples", answer.statusCode(),
                COMPARED.matcher(page).results().map(MatchResult::group).collect(Collectors.joining(" ")));
    }

    private static byte[] candidate() {
        try {
            return Files.readString(Path.of("mappings/lead.jslt")).replace("\"Ory Registration\"", "\"Website\"")
                    .getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String line(Write write) {
        SandboxRecord record = salesforce.org().record(write.recordId());
        String company = record.text("Company") == null ? "" : " of " + record.text("Company");
        String first = record.text("FirstName") == null ? "" : record.text("FirstName") + " ";
        return "%s %s: %s%s, %s%s".formatted(write.object(), write.operation().name().toLowerCase() + "d",
                first, record.text("LastName"), record.text("Email"), company);
    }

    private static String line(JsonNode letter) {
        String message = letter.path("message").asText();
        return "dead letter %s: %s".formatted(letter.path("code").asText(),
                message.length() > 90 ? message.substring(0, 90) + "…" : message);
    }

    private List<JsonNode> deadLetters() {
        return jms.browse("dead-letters", (session, browser) -> {
            List<JsonNode> letters = new ArrayList<>();
            for (Object message : Collections.list(browser.getEnumeration())) {
                letters.add(read(((TextMessage) message).getText()));
            }
            return letters;
        });
    }
}
