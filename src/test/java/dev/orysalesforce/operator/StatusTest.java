package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.Fault;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("any-ledger")
class StatusTest extends OperatorTest {

    private static final List<String> IN = List.of("pendingAtStart", "accepted", "reconciled", "replayed");
    private static final List<String> OUT =
            List.of("synced", "unchanged", "superseded", "skipped", "deadLettered", "pending");

    @Test
    void theCountersBalanceAfterAMixedLoad() {
        JsonNode before = status();
        SALESFORCE.faults().start(Fault.error(503, "SERVER_UNAVAILABLE", "down").times(1));
        List<String> ids = IntStream.range(0, 60).mapToObj(i -> UUID.randomUUID().toString()).toList();
        inOneBatch(ids.stream().<Runnable>map(id -> () -> ory.sends("registration", Ory.identity(id, START, "First")))
                .toArray(Runnable[]::new));
        List<Runnable> second = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            String id = ids.get(i);
            int later = i;
            second.add(() -> ory.sends("settings", Ory.identity(id, START.plusSeconds(2), "Second")));
            if (i % 3 == 0) { // superseded in the batch
                second.add(() -> ory.sends("settings", Ory.identity(id, START.plusSeconds(1 + later), "Third")));
            }
        }
        for (int i = 0; i < 10; i++) {
            second.add(() -> refused("Refused"));
            second.add(() -> ory.sends("login", ofSchema("skipped", Ory.identity(UUID.randomUUID().toString(), START, "Skipped"))));
            second.add(() -> ory.sends("login", Ory.identity(ids.get(7), START, "Old")));
        }
        inOneBatch(second.toArray(Runnable[]::new));
        ory.sends("login", "{}");
        ory.sends("login", Ory.identity(ids.get(5), START, "Old")); // superseded by the ledger
        ory.sends("login", Ory.identity(ids.get(4), START.plusSeconds(60), "Second")); // unchanged
        settle();
        assertThat(replay("{\"all\":true}").path("replayed").asInt()).isEqualTo(10);
        settle();
        await().untilAsserted(() -> assertBalance(status()));

        JsonNode after = status();
        assertThat(moved(before, after, "accepted")).isEqualTo(60 + 80 + 30 + 2);
        assertThat(moved(before, after, "replayed")).isEqualTo(10);
        assertThat(moved(before, after, "synced")).isEqualTo(120);
        assertThat(moved(before, after, "deadLettered")).isEqualTo(20);
        assertThat(moved(before, after, "skipped")).isEqualTo(10);
        assertThat(moved(before, after, "superseded")).isEqualTo(20 + 10 + 1);
        assertThat(moved(before, after, "unchanged")).isEqualTo(1);
        assertThat(after.path("quarantined").asLong() - before.path("quarantined").asLong()).isEqualTo(1);
        assertThat(after.path("deadLetters").asLong()).isEqualTo(11);
        assertMetricsAgree(after);
    }

    private void assertMetricsAgree(JsonNode status) {
        String metrics = metrics();
        JsonNode balance = status.path("balance");
        assertThat(sum(metrics, "ory_sync_accepted_total", "")).isEqualTo(balance.path("accepted").asDouble());
        assertThat(sum(metrics, "ory_sync_outcomes_total", "outcome=\"synced\"")).isEqualTo(balance.path("synced").asDouble());
        assertThat(sum(metrics, "ory_sync_outcomes_total", "outcome=\"unchanged\"")).isEqualTo(balance.path("unchanged").asDouble());
        assertThat(sum(metrics, "ory_sync_outcomes_total", "outcome=\"superseded\"")).isEqualTo(balance.path("superseded").asDouble());
        assertThat(sum(metrics, "ory_sync_outcomes_total", "outcome=\"skipped\"")).isEqualTo(balance.path("skipped").asDouble());
        assertThat(sum(metrics, "ory_sync_outcomes_total", "outcome=\"dead-letter\"")).isEqualTo(balance.path("deadLettered").asDouble());
        assertThat(sum(metrics, "ory_sync_pending", "")).isEqualTo(balance.path("pending").asDouble());
        assertThat(sum(metrics, "ory_sync_dead_letters", "")).isEqualTo(status.path("deadLetters").asDouble());
        assertThat(sum(metrics, "ory_sync_oldest_pending_seconds", "")).isZero();
        assertThat(sum(metrics, "ory_sync_salesforce_row_errors_total", "code=\"INVALID_EMAIL_ADDRESS\"")).isGreaterThanOrEqualTo(20);
        JsonNode budget = status.path("budget");
        for (String kind : List.of("upsert", "update", "composite")) {
            assertThat(sum(metrics, "ory_sync_salesforce_calls_total", "kind=\"" + kind + "\""))
                    .as(kind).isPositive().isEqualTo(budget.path("calls").path(kind).asDouble());
        }
        assertThat(sum(metrics, "ory_sync_salesforce_calls_total", "status=\"503\"")).isPositive();
        assertThat(sum(metrics, "ory_sync_salesforce_calls_total", "status=\"200\"")).isPositive();
        assertThat(budget.path("used").asLong()).isEqualTo(SALESFORCE.org().usage().used());
        assertThat(budget.path("limit").asLong()).isEqualTo(SALESFORCE.org().usage().limit());
        assertThat(sum(metrics, "ory_sync_api_usage_ratio", "")).isEqualTo(
                budget.path("used").asDouble() / budget.path("limit").asDouble());
    }

    @Test
    void anOutageIsInTheBreaker() {
        assertThat(status().path("breaker").path("state").asText()).isEqualTo("CLOSED");
        SALESFORCE.faults().start(Fault.dailyLimitExceeded());
        refused("Waits");
        await().until(() -> !"null".equals(status().path("breaker").path("code").asText()));
        JsonNode status = status();
        assertThat(status.path("breaker").path("state").asText()).isNotEqualTo("CLOSED");
        assertThat(status.path("breaker").path("code").asText()).isEqualTo("REQUEST_LIMIT_EXCEEDED");
        assertThat(status.path("breaker").path("reason").asText()).contains("24 hours");
        assertThat(status.path("breaker").path("since").asText()).isNotEmpty();
        await().until(() -> status().path("oldestPendingSeconds").asLong() >= 1);
        assertThat(status().path("balance").path("pending").asLong()).isEqualTo(1);
        assertBalance(status());
    }

    @Test
    void routesAndMappingsTellTheirVersions() throws Exception {
        JsonNode status = status();
        assertThat(status.path("reconcile").path("state").asText()).isEqualTo("off");
        assertProblem(operator.post("/api/reconcile", ""), 409, "NO_ADMIN_API");
        assertProblem(operator.post("/api/identities/" + UUID.randomUUID() + "/sync", ""), 409, "NO_ADMIN_API");
        String receive = version("routes/receive.camel.yaml");
        assertThat(status.path("routes")).anySatisfy(route -> {
            assertThat(route.path("id").asText()).isEqualTo("receive.webhook");
            assertThat(route.path("status").asText()).isEqualTo("Started");
            assertThat(route.path("file").asText()).contains("receive.camel.yaml");
            assertThat(route.path("description").asText()).isNotEmpty();
            assertThat(route.path("version").asText()).isEqualTo(receive);
        });
        String version = version("mappings/lead.jslt");
        assertThat(status.path("mappings")).anySatisfy(mapping -> {
            assertThat(mapping.path("name").asText()).isEqualTo("mappings/lead.jslt");
            assertThat(mapping.path("object").asText()).isEqualTo("Lead");
            assertThat(mapping.path("version").asText()).isEqualTo(version);
        });
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, START, "Mapped"));
        settle();
        assertThat(sql.queryForObject("select mapping from identities where identity = ?", String.class, id))
                .isEqualTo("mappings/lead.jslt@" + version);
    }

    private static String version(String file) throws IOException, NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                .digest(Files.readAllBytes(Path.of(file)))).substring(0, 8);
    }

    @Test
    void theOpenApiDocumentNamesEveryOperation() throws Exception {
        JsonNode document = get("/api/openapi.json");
        assertThat(document.path("openapi").asText()).startsWith("3.");
        assertThat(document.path("security").get(0).has("operator")).isTrue();
        assertThat(document.path("components").path("securitySchemes").path("operator").path("scheme").asText())
                .isEqualTo("bearer");
        List<String> operations = new ArrayList<>();
        for (JsonNode entry : operatorRoutes()) {
            for (String verb : List.of("get", "post", "delete")) {
                for (JsonNode operation : entry.path("rest").path(verb)) {
                    String path = entry.path("rest").path("path").asText() + operation.path("path").asText();
                    JsonNode described = document.path("paths").path(path).path(verb);
                    assertThat(described.path("summary").asText()).as(verb + " " + path)
                            .isEqualTo(operation.path("description").asText())
                            .as("what a person needs in the console").containsPattern("\\(role (viewer|operator|privacy)\\)$");
                    assertThat(described.path("responses").size()).isEqualTo(operation.path("responseMessage").size());
                    assertThat(described.path("operationId").asText()).isEqualTo(operation.path("id").asText());
                    String target = operation.path("to").path("uri").asText();
                    assertThat(camel.getRoutes()).as("a route of its own, which others may call, in whatever order Camel reads the files")
                            .anyMatch(route -> route.getEndpoint().getEndpointUri().replace("://", ":").equals(target));
                    assertThat(camel.getRoute(operation.path("routeId").asText())).as(path).isNotNull();
                    operations.add(operation.path("id").asText());
                }
            }
        }
        assertThat(document.findValuesAsText("operationId")).hasSizeGreaterThan(15).containsExactlyInAnyOrderElementsOf(operations);
    }

    private static ArrayNode operatorRoutes() throws IOException {
        ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
        ArrayNode routes = yaml.createArrayNode();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("routes"), "operator-*.camel.yaml")) {
            for (Path file : files) {
                routes.addAll((ArrayNode) yaml.readTree(file.toFile()));
            }
        }
        return routes;
    }

    private JsonNode status() {
        return get("/api/status");
    }

    static void assertBalance(JsonNode status) {
        JsonNode balance = status.path("balance");
        assertThat(balance.size()).isEqualTo(10);
        assertThat(difference(balance)).as(balance.toString()).isEqualTo(0);
    }

    private static long difference(JsonNode balance) {
        return IN.stream().mapToLong(name -> balance.path(name).asLong()).sum()
                - OUT.stream().mapToLong(name -> balance.path(name).asLong()).sum();
    }

    private static long moved(JsonNode before, JsonNode after, String name) {
        return after.path("balance").path(name).asLong() - before.path("balance").path(name).asLong();
    }

    private String metrics() {
        return new Operator(managementPort, null).get("/observe/metrics").body();
    }

    private static double sum(String metrics, String name, String label) {
        Matcher lines = Pattern.compile("(?m)^" + name + "(\\{[^}]*})? (\\S+)$").matcher(metrics);
        double sum = 0;
        boolean found = false;
        while (lines.find()) {
            found = true;
            sum += label.isEmpty() || String.valueOf(lines.group(1)).contains(label) ? Double.parseDouble(lines.group(2)) : 0;
        }
        assertThat(found).as(name + " in /observe/metrics").isTrue();
        return sum;
    }
}
