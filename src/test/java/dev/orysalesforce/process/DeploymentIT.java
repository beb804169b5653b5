package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.orysalesforce.Ory;
import dev.orysalesforce.Tool;
import dev.orysalesforce.ledger.PostgreSqlServer;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The examples in ops/kubernetes and ops/compose.yaml: the jar runs with their mounts, variables and probes. */
class DeploymentIT {

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final Path KUBERNETES = Path.of("ops/kubernetes");
    private static final String TOKEN = "first-operator-token";
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Pattern SECRET = Pattern.compile("--from-literal=([\\w.]+)=");

    @TempDir
    private Path folder;

    static boolean canMountAndHasPostgreSql() {
        return Tool.MOUNT.isAvailable() && Tool.POSTGRESQL.isAvailable();
    }

    @Test
    @Tag("nightly")
    @EnabledIf(value = "canMountAndHasPostgreSql", disabledReason = "Needs root that may mount, and PostgreSQL")
    void aPodRunsAsTheManifestSays() throws Exception {
        JsonNode pod = manifest("Deployment").at("/spec/template/spec");
        JsonNode spec = pod.at("/containers/0");
        Container container = new Container(folder);
        assertThat(pod.at("/securityContext/runAsUser").asInt()).isEqualTo(container.user());
        assertThat(spec.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
        Map<String, Path> volumes = new HashMap<>();
        for (JsonNode volume : pod.path("volumes")) {
            volumes.put(volume.path("name").asText(), volume(container, volume));
        }
        spec.path("volumeMounts").forEach(mount -> container.mount(volumes.get(mount.path("name").asText()),
                mount.path("mountPath").asText(), mount.path("readOnly").asBoolean() ? "ro" : "rw"));

        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                PostgreSqlServer database = PostgreSqlServer.start();
                ArtemisProcess broker = new ArtemisProcess(folder.resolve("broker")).start();
                AppProcess app = bare(salesforce).by(container.command())) {
            Map<String, String> variables = new LinkedHashMap<>();
            spec.path("env").forEach(one -> variables.put(one.path("name").asText(), one.path("value").asText()));
            Map.of("SALESFORCE_LOGIN_URL", salesforce.url(), "SPRING_ARTEMIS_BROKER_URL", broker.url(),
                    "SPRING_DATASOURCE_URL", database.url(), "SPRING_DATASOURCE_USERNAME", "ledger")
                    .forEach((name, here) -> assertThat(variables.replace(name, here)).as(name).isNotNull());
            variables.forEach(app::with);
            app.start();

            List.of("startupProbe", "livenessProbe", "readinessProbe")
                    .forEach(probe -> assertThat(app.get(spec.path(probe).at("/httpGet/path").asText())).as(probe).contains("\"UP\""));
            assertThat(app.operator(TOKEN).get("/api/status").statusCode()).isEqualTo(200);
            arrives(app, salesforce, "Ory Registration");
            assertThat(volumes.get("data").resolve("ledger.key")).as("sync.ledger.key is taken").doesNotExist();

            Map<String, String> edited = projected(volumeOf(pod, "mappings"));
            edited.compute("lead.jslt", (name, text) -> text.replace("\"Ory Registration\"", "\"Edited\""));
            Container.project(volumes.get("mappings"), edited);
            await().atMost(PATIENCE).until(() -> app.log().contains("Reloaded: mappings/lead.jslt"));
            arrives(app, salesforce, "Edited");

            broker.kill();
            await().atMost(PATIENCE).until(() -> app.health().contains("The journal's broker is out of reach."));
            assertThat(app.get(spec.at("/readinessProbe/httpGet/path").asText())).contains("\"DOWN\"");
            assertThat(app.get(spec.at("/livenessProbe/httpGet/path").asText())).contains("\"UP\"");
        }
    }

    @Test
    @Tag("nightly")
    @EnabledIf(value = "canMountAndHasPostgreSql", disabledReason = "Needs root that may mount, and PostgreSQL")
    void theComposeFileRunsAsItSays() throws Exception {
        JsonNode compose = YAML.readTree(Path.of("ops/compose.yaml").toFile());
        JsonNode service = compose.at("/services/app");
        Container container = new Container(folder);
        assertThat(service.path("read_only").asBoolean()).isTrue();
        Path data = container.empty("data");
        for (JsonNode volume : service.path("volumes")) {
            String[] parts = volume.asText().split(":");
            boolean named = compose.path("volumes").has(parts[0]);
            container.mount(named ? data : Path.of("ops").resolve(parts[0]).normalize(), parts[1],
                    parts.length > 2 ? parts[2] : "rw");
        }
        for (JsonNode tmpfs : service.path("tmpfs")) {
            String[] parts = tmpfs.asText().split(":");
            container.tmpfs(parts[0], parts.length > 1 ? "nosuid,nodev," + parts[1] : "nosuid,nodev,noexec"); // Docker's
        }
        Path secrets = Files.createDirectory(folder.resolve("secrets"));
        for (JsonNode secret : service.path("secrets")) {
            assertThat(compose.path("secrets").path(secret.asText()).path("file").asText())
                    .isEqualTo("secrets/" + secret.asText());
            Files.writeString(secrets.resolve(secret.asText()), secret(secret.asText()) + "\n");
        }
        container.mount(secrets, "/run/secrets", "ro");

        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                AppProcess app = bare(salesforce).by(container.command())) {
            service.path("environment").properties().forEach(one -> app.with(one.getKey(), one.getValue().asText()));
            app.with("SALESFORCE_LOGIN_URL", salesforce.url()).start();
            assertThat(app.operator(TOKEN).get("/api/status").statusCode()).isEqualTo(200);
            arrives(app, salesforce, "Ory Registration");
            assertThat(data.resolve("ledger.db")).exists();
            app.beginToStop();
            await().atMost(seconds(service.path("stop_grace_period").asText())).until(() -> !app.isAlive());
        }
    }

    @Test
    void nothingButWebhooksIsOpenToTheInternet() throws IOException {
        assertThat(manifest("Ingress").findValuesAsText("path")).containsExactly("/webhooks");
        YAML.readTree(Path.of("ops/compose.yaml").toFile()).at("/services/app/ports")
                .forEach(port -> assertThat(port.asText()).startsWith("127.0.0.1:"));
    }

    @Test
    void portsAreTheApps() throws IOException {
        JsonNode settings = YAML.readTree(Path.of("application.yaml").toFile());
        List<String> ports = List.of(settings.at("/server/port").asText(),
                settings.at("/management/server/port").asText());
        assertThat(manifest("Deployment").findValuesAsText("containerPort")).isEqualTo(ports);
        assertThat(manifest("Deployment").at("/spec/template/metadata/annotations/prometheus.io~1port").asText())
                .isEqualTo(ports.get(1));
        assertThat(StreamSupport.stream(YAML.readTree(Path.of("ops/compose.yaml").toFile()).at("/services/app/ports")
                .spliterator(), false).map(port -> port.asText().replaceFirst(".*:", ""))).isEqualTo(ports);
    }

    @Test
    void noRouteAndNoMappingIsForgotten() throws IOException {
        assertThat(configMap("ory-salesforce-sync-routes").keySet()).isEqualTo(files("routes"));
        assertThat(configMap("ory-salesforce-sync-mappings").keySet()).isEqualTo(files("mappings"));
        assertThat(configMap("ory-salesforce-sync-doctor").keySet()).isEqualTo(files("mappings/doctor"));
    }

    /** A variable without effect in these tests could be misspelled. */
    @Test
    void everyVariableAndSecretIsAnExistingSetting() throws IOException {
        Set<String> known = new TreeSet<>();
        for (URL metadata : Collections.list(getClass().getClassLoader().getResources(
                "META-INF/spring-configuration-metadata.json"))) {
            new ObjectMapper().readTree(metadata).path("properties").findValuesAsText("name").stream()
                    .map(DeploymentIT::uniform).forEach(known::add);
        }
        Pattern.compile("[A-Z]+(_[A-Z]+)+").matcher(Files.readString(Path.of("docs/configuration.md"))
                + Files.readString(Path.of("docs/scale-out.md"))).results()
                .map(MatchResult::group).map(DeploymentIT::uniform).forEach(known::add);
        Set<String> used = new TreeSet<>(secretNames());
        used.addAll(manifest("Deployment").at("/spec/template/spec/containers/0/env").findValuesAsText("name"));
        JsonNode service = YAML.readTree(Path.of("ops/compose.yaml").toFile()).at("/services/app");
        service.path("environment").fieldNames().forEachRemaining(used::add);
        service.path("secrets").forEach(secret -> used.add(secret.asText()));
        assertThat(used).hasSizeGreaterThan(12).allSatisfy(name -> assertThat(known).contains(uniform(name)));
    }

    private static String uniform(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    /** An app with only its ports configured. */
    private AppProcess bare(SalesforceSandbox salesforce) {
        return new AppProcess(folder, salesforce).without("ORY_WEBHOOK_SECRET").without("SALESFORCE_LOGIN_URL")
                .without("SALESFORCE_CLIENT_ID").without("SALESFORCE_CLIENT_SECRET").without("SYNC_DATA_DIR");
    }

    private Path volume(Container container, JsonNode volume) throws IOException {
        String name = volume.path("name").asText();
        if (volume.has("emptyDir")) {
            return container.empty(name);
        }
        Path files = folder.resolve(name);
        Container.project(files, volume.has("secret")
                ? secretNames().stream().collect(Collectors.toMap(one -> one, DeploymentIT::secret))
                : projected(volume));
        return files;
    }

    /** The files of one ConfigMap or of several, by their mount path. */
    private static Map<String, String> projected(JsonNode volume) throws IOException {
        Map<String, String> files = new HashMap<>();
        for (JsonNode source : volume.findValues("configMap")) {
            Map<String, String> all = configMap(source.path("name").asText());
            if (source.has("items")) {
                source.path("items").forEach(item -> files.put(item.path("path").asText(), all.get(item.path("key").asText())));
            } else {
                files.putAll(all);
            }
        }
        return files;
    }

    private static JsonNode volumeOf(JsonNode pod, String name) {
        return StreamSupport.stream(pod.path("volumes").spliterator(), false)
                .filter(volume -> volume.path("name").asText().equals(name)).findFirst().orElseThrow();
    }

    private static Set<String> secretNames() throws IOException {
        return SECRET.matcher(Files.readString(KUBERNETES.resolve("README.md"))).results().map(name -> name.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String secret(String name) {
        return switch (name) {
            case "ORY_WEBHOOK_SECRET" -> AppProcess.SECRET;
            case "SALESFORCE_CLIENT_ID" -> "sandbox-client";
            case "SALESFORCE_CLIENT_SECRET" -> "sandbox-secret";
            case "OPERATOR_TOKEN" -> TOKEN;
            default -> "secret";
        };
    }

    private static void arrives(AppProcess app, SalesforceSandbox salesforce, String source) {
        String id = UUID.randomUUID().toString();
        assertThat(app.ory().sends("registration", Ory.identity(id, Instant.now(), "Person")).statusCode())
                .isEqualTo(204);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(salesforce.org().byIdentity(id))
                .as(app::health).singleElement()
                .satisfies(record -> assertThat(record.text("LeadSource")).isEqualTo(source)));
    }

    private static JsonNode manifest(String kind) throws IOException {
        for (JsonNode file : YAML.readTree(KUBERNETES.resolve("kustomization.yaml").toFile()).path("resources")) {
            List<JsonNode> documents = YAML.readerFor(JsonNode.class)
                    .<JsonNode>readValues(KUBERNETES.resolve(file.asText()).toFile()).readAll();
            for (JsonNode document : documents) {
                if (document.path("kind").asText().equals(kind)) {
                    return document;
                }
            }
        }
        throw new IllegalStateException("No " + kind);
    }

    /** As kustomize makes it. */
    private static Map<String, String> configMap(String name) throws IOException {
        Map<String, String> files = new HashMap<>();
        JsonNode kustomization = YAML.readTree(KUBERNETES.resolve("kustomization.yaml").toFile());
        for (JsonNode map : kustomization.path("configMapGenerator")) {
            for (JsonNode file : map.path("files")) {
                if (map.path("name").asText().equals(name)) {
                    Path path = KUBERNETES.resolve(file.asText()).normalize();
                    files.put(path.getFileName().toString(), Files.readString(path));
                }
            }
        }
        return files;
    }

    private static Set<String> files(String folder) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            return files.filter(Files::isRegularFile).map(file -> file.getFileName().toString())
                    .collect(Collectors.toSet());
        }
    }

    private static Duration seconds(String text) {
        return Duration.parse("PT" + text);
    }
}
