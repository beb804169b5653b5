package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.Tool;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.Org.Permission;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.sandbox.ory.OryAdminSandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Each alert in ops/prometheus fires while its cause exists, and clears afterwards. */
@Tag("nightly")
@EnabledIf(value = "prometheus", disabledReason = "apt-get install prometheus")
class AlertsIT {

    private static final String TOKEN = "first-operator-token";
    private static final int MARGIN = 300_000_000;
    private static final Pattern METRIC = Pattern.compile("(ory_sync|camel|disk)_[a-z_]*[a-z]");
    private static final Set<String> ONLY_WHEN_SOMETHING_IS_WRONG =
            Set.of("ory_sync_holding", "ory_sync_object_paused", "ory_sync_call_size",
                    "ory_sync_salesforce_row_errors_total");

    private final Set<String> played = new TreeSet<>();
    private SalesforceSandbox salesforce;
    private OryAdminSandbox ory;
    private AppProcess app;
    private Prometheus prometheus;

    private interface Cause {
        void play() throws Exception;
    }

    static boolean prometheus() {
        return Tool.PROMETHEUS.isAvailable() && Tool.PROMTOOL.isAvailable() && Tool.FALLOCATE.isAvailable();
    }

    @Test
    void everyAlertFiresAndClears(@TempDir Path folder) throws Exception {
        Path mappings = Files.createDirectories(folder.resolve("mappings"));
        for (String name : List.of("event.jslt", "person.jslt", "lead.jslt")) {
            Files.copy(Path.of("mappings", name), mappings.resolve(name));
        }
        Path data = Files.createDirectories(folder.resolve("data"));
        try (SalesforceSandbox someOrg = SalesforceSandbox.start();
                OryAdminSandbox someOry = OryAdminSandbox.start();
                AppProcess anApp = new AppProcess(folder, someOrg).with("OPERATOR_TOKEN", TOKEN)
                        .with("ORY_ADMIN_URL", someOry.url()).with("SYNC_RECONCILE_AFTER_START", "1h")
                        .with("SYNC_MAPPING_DIR", mappings.toString())
                        .with("SYNC_MAPPINGS_DEFAULT", mappings.resolve("lead.jslt").toString())
                        .with("SYNC_ONE_WAY_EDIT_AT_LEAST", "0").with("SYNC_LINGER", "100ms").with("SYNC_BACK_OFF_INITIAL", "200ms")
                        .with("SYNC_BACK_OFF_MAX", "1s")
                        .start();
                Prometheus aPrometheus = Prometheus.watching(anApp.managementPort(), folder,
                        data.toFile().getUsableSpace() - MARGIN)) {
            salesforce = someOrg;
            ory = someOry;
            app = anApp;
            prometheus = aPrometheus;
            await().until(() -> !prometheus.known().isEmpty());
            signUp();
            assertThat(prometheus.firing()).isEmpty();
            await().until(() -> app.get("/observe/metrics").contains("\nory_sync_outcomes_total{object=\"Lead\",outcome=\"synced\"} 1.0"));
            assertThatAllMetricsAreThere();

            salesforce.faults().start(Fault.loginRefused());
            salesforce.org().expireTokens();
            playing(this::signUp, () -> salesforce.faults().clear(),
                    "OrySyncLoginRefused", "OrySyncHolding", "OrySyncFallingBehind");

            salesforce.org().forbid("Lead", Permission.CREATE);
            playing(this::signUp, () -> salesforce.org().permit("Lead", Permission.CREATE), "OrySyncSetUpError");

            List<String> refused = ory.project().addMany(12, i -> Map.of("email", "no@address"));
            playing(() -> refused.forEach(this::hook), this::discardAll,
                    "OrySyncDeadLettersWait", "OrySyncDeadLettersRising");
            refused.forEach(ory.project()::delete);

            playing(() -> {
                salesforce.org().usage().limit(100);
                signUp();
            }, () -> {
                salesforce.org().usage().limit(1_000_000);
                signUp();
            }, "OrySyncBudgetRunsOut");

            playing(() -> {
                salesforce.org().usage().addByOthers(950_000);
                signUp();
            }, () -> {
                salesforce.org().usage().used(0);
                signUp();
            }, "OrySyncOrgNearItsLimit");

            Path ballast = folder.resolve("ballast");
            playing(() -> assertThat(new ProcessBuilder("fallocate", "-l", String.valueOf(2L * MARGIN), ballast.toString())
                    .start().waitFor()).isZero(), () -> Files.delete(ballast), "OrySyncJournalDisk");

            List<String> unwanted = ory.project().addMany(3, i -> Map.of("email", "no@address"));
            playing(this::compare, () -> {
                unwanted.forEach(ory.project()::delete);
                compare();
            }, "OrySyncInSyncFalling");

            Path lead = mappings.resolve("lead.jslt");
            String good = Files.readString(lead);
            playing(() -> Files.writeString(lead, "{ broken"), () -> Files.writeString(lead, good), "OrySyncEditRefused");

            playing(() -> {
                Files.writeString(lead, good.replace("if ($person.refusesMarketing) true else null", "true"));
                await().until(() -> {
                    signUp();
                    return app.get("/observe/health").contains("EDIT_NOT_CONFIRMED");
                });
            }, () -> Files.writeString(lead, good), "OrySyncEditWaits");

            playing(app::kill, app::start, "OrySyncDown");
            assertThat(played).isEqualTo(prometheus.known());
        }
    }

    /** A metric without a value yet has its name in a comment at least; an unknown name is a mistake. */
    private void assertThatAllMetricsAreThere() throws IOException {
        String metrics = app.get("/observe/metrics");
        for (Path file : List.of(Path.of("ops/prometheus/rules.yaml"), Path.of("ops/grafana/dashboard.json"))) {
            Matcher name = METRIC.matcher(Files.readString(file));
            while (name.find()) {
                if (!ONLY_WHEN_SOMETHING_IS_WRONG.contains(name.group())) {
                    assertThat(metrics).as(file.toString()).contains("\n" + name.group());
                }
            }
        }
    }

    /** With the windows of the shipped rules. */
    @Test
    void theRulesKeepTheirWindows() throws Exception {
        for (List<String> command : List.of(List.of("promtool", "check", "config", "ops/prometheus/prometheus.yaml"),
                List.of("promtool", "test", "rules", "ops/prometheus/rules.test.yaml"))) {
            Process promtool = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(promtool.waitFor()).as(said).isZero();
        }
    }

    private void playing(Cause cause, Cause fixed, String... alerts) throws Exception {
        cause.play();
        for (String alert : alerts) {
            prometheus.awaitAlert(alert);
        }
        fixed.play();
        for (String alert : alerts) {
            prometheus.awaitNoAlert(alert);
            played.add(alert);
        }
    }

    private void signUp() {
        hook(ory.project().add(Map.of("email", UUID.randomUUID() + "@example.org")));
    }

    private void hook(String id) {
        assertThat(app.ory().sends("registration", ory.project().hook(id)).statusCode()).isEqualTo(204);
    }

    private void compare() {
        assertThat(app.operator(TOKEN).post("/api/reconcile", "").statusCode()).isEqualTo(202);
    }

    private void discardAll() throws IOException {
        Operator operator = app.operator(TOKEN);
        for (JsonNode letter : new ObjectMapper().readTree(operator.get("/api/dead-letters").body()).path("items")) {
            operator.delete("/api/dead-letters/" + letter.path("id").asText());
        }
    }
}
