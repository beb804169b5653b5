package dev.orysalesforce.reload;

import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.Ory;
import dev.orysalesforce.sync.Mappings;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** A changed set of files is reloaded completely, or rejected with its location and the reason. */
@Tag("any-ledger")
class ReloadTest extends ReloadAppTest {

    private static final Path OPERATOR = ConfigWorkspace.ROUTES.resolve("operator-api.camel.yaml");

    private final String id = UUID.randomUUID().toString();

    @Autowired
    private CamelContext camel;

    @Test
    void anEditedMappingIsAppliedAndSaysWhichItIs() {
        ConfigWorkspace.write(LEAD, lead("edited"));
        awaitTaken(LEAD);
        ory.sends("registration", Ory.identity(id, Instant.now(), "Person"));
        settle();
        assertThat(record(id).text("Description")).isEqualTo("edited");
        assertThat(get("/api/identities/" + id).path("mapping").asText()).isEqualTo(LEAD + "@" + version(LEAD));
    }

    @Test
    void theListOfSharedHostsIsEditedLikeAMapping(@Autowired Mappings mappings) {
        Path hosts = ConfigWorkspace.MAPPINGS.resolve("shared-hosts.txt");
        assertThat(mappings.sharedHosts().contains("shop.customer.example")).isFalse();
        ConfigWorkspace.replace(hosts, "gmail.com", "*.Customer.example # all shops");
        await().until(() -> mappings.sharedHosts().contains("shop.customer.example"));
        assertThat(mappings.sharedHosts().contains("gmail.com")).isFalse();
    }

    @Test
    void theEventMappingIsEditedToo() {
        Path event = ConfigWorkspace.MAPPINGS.resolve("event.jslt");
        ConfigWorkspace.replace(event, "\"id\": $id,", "\"id\": \"" + id + "\",");
        await().untilAsserted(() -> {
            ory.sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Somebody"));
            settle();
            assertThat(SALESFORCE.org().byIdentity(id)).isNotEmpty();
        });
    }

    @Test
    @Tag("nightly")
    void anEditedRouteTakesThePlaceOfTheOther() {
        Route other = camel.getRoute("sync.next");
        ConfigWorkspace.replace(ConfigWorkspace.ROUTES.resolve("reject.camel.yaml"),
                "ref: problems\n            method: problem('UNKNOWN_EVENT')",
                "ref: eventFactory\n            method: problem(404, 'UNKNOWN_EVENT', 'Never heard of it.')");
        awaitTaken(ConfigWorkspace.ROUTES.resolve("reject.camel.yaml"));
        assertThat(ory.sends("deletion", "{}").body()).contains("Never heard of it.");
        assertThat(camel.getRoute("sync.next")).as("an unchanged route keeps running").isSameAs(other);
        assertThat(answer()).isEqualTo(204);
    }

    @Test
    @Tag("nightly")
    void anEditedErrorPolicyReachesItsRoutes() {
        Path exceptions = ConfigWorkspace.ROUTES.resolve("exceptions.camel.yaml");
        ConfigWorkspace.replace(exceptions, "uri: direct:receive.unreadable", "uri: direct:receive.empty");
        await().untilAsserted(() -> assertThat(ory.sends("login", "{").body()).contains("The body is empty."));
    }

    @Test
    void aPathIsAddedAndItsDocumentTellsOfIt() {
        ConfigWorkspace.replace(OPERATOR, "- rest:\n    path: /api/preview\n", """
                - rest:
                    path: /api/hello
                    description: A path of one's own
                    get:
                      - id: getHello
                        routeId: operator.get-hello
                        description: How things stand, too
                        to:
                          uri: direct:operator.status

                - rest:
                    path: /api/preview
                """);
        awaitTaken(OPERATOR);
        assertThat(get("/api/hello").has("balance")).isTrue();
        assertThat(get("/api/openapi.json").path("paths").has("/api/hello")).isTrue();
        assertThat(get("/api/openapi.json").path("paths").has("/api/status")).isTrue();

        ConfigWorkspace.write(OPERATOR, ConfigWorkspace.read(Path.of("routes/operator-api.camel.yaml")));
        awaitTaken(OPERATOR);
        assertThat(get("/api/hello").path("status").asInt()).isEqualTo(404);
        assertThat(get("/api/openapi.json").path("paths").has("/api/hello")).isFalse();
    }

    @Test
    void anotherMappingForASchemaIsReloaded() {
        ConfigWorkspace.write(ConfigWorkspace.SETTINGS, ConfigWorkspace.read(ConfigWorkspace.SETTINGS)
                + "    customer: " + ConfigWorkspace.MAPPINGS + "/contact.jslt\n");
        await().untilAsserted(() -> assertThat(status().path("mappings").toString()).contains(ConfigWorkspace.MAPPINGS + "/contact.jslt"));
        ory.sends("registration", Ory.identity(id, Instant.now(), "Person"));
        settle();
        assertThat(record(id).object()).isEqualTo("Contact");

        ConfigWorkspace.write(ConfigWorkspace.SETTINGS, "sync:\n mappings:\n  default: x\n sync");
        assertThat(awaitRefused(ConfigWorkspace.SETTINGS).path("line").asInt()).isEqualTo(4);
        ConfigWorkspace.write(ConfigWorkspace.SETTINGS, "sync:\n  mappings:\n    default: " + ConfigWorkspace.MAPPINGS + "/nobody.ds\n");
        assertThat(awaitRefused(ConfigWorkspace.MAPPINGS.resolve("nobody.ds")).path("reason").asText())
                .contains("sync.mappings.default");
        ory.sends("settings", Ory.identity(id, Instant.now(), "Still a Contact"));
        settle();
        assertThat(record(id).text("LastName")).isEqualTo("Still a Contact");
    }

    @Test
    void aFileThatIsStillBeingWrittenIsLeftAlone() throws Exception {
        double before = refusals();
        byte[] text = lead("written slowly").getBytes(StandardCharsets.UTF_8);
        try (FileChannel file = FileChannel.open(LEAD, WRITE, TRUNCATE_EXISTING)) {
            for (int at = 0; at < text.length; at += 20) {
                file.write(ByteBuffer.wrap(text, at, Math.min(20, text.length - at)));
                LockSupport.parkNanos(10_000_000);
            }
        }
        awaitTaken(LEAD);
        assertThat(refusals()).isEqualTo(before);
    }

    @Test
    void aConfigMapThatSwapsItsLinkIsOneReload() {
        Path first = ConfigWorkspace.MAPPINGS.resolve("..first");
        Path second = ConfigWorkspace.MAPPINGS.resolve("..second");
        Path data = ConfigWorkspace.MAPPINGS.resolve("..data");
        ConfigWorkspace.directories(first);
        ConfigWorkspace.directories(second);
        for (Path file : ConfigWorkspace.files(Path.of("mappings"))) {
            String name = file.getFileName().toString();
            ConfigWorkspace.overwrite(first.resolve(name), ConfigWorkspace.read(file));
            ConfigWorkspace.overwrite(second.resolve(name), name.equals("lead.jslt") ? lead("linked") : ConfigWorkspace.read(file));
        }
        ConfigWorkspace.link(data, Path.of("..first"));
        for (Path file : ConfigWorkspace.files(Path.of("mappings"))) {
            Path link = ConfigWorkspace.MAPPINGS.resolve(".link");
            ConfigWorkspace.link(link, Path.of("..data").resolve(file.getFileName()));
            ConfigWorkspace.move(link, ConfigWorkspace.MAPPINGS.resolve(file.getFileName()));
        }
        awaitTaken(LEAD);
        Path next = ConfigWorkspace.MAPPINGS.resolve("..next");
        ConfigWorkspace.link(next, Path.of("..second"));
        ConfigWorkspace.move(next, data);
        awaitTaken(LEAD);
        ory.sends("registration", Ory.identity(id, Instant.now(), "Person"));
        settle();
        assertThat(record(id).text("Description")).isEqualTo("linked");
        ConfigWorkspace.lay();
        ConfigWorkspace.delete(data);
    }

    @Test
    @Tag("nightly")
    void aRouteFileMayHaveAnotherName() {
        Path renamed = ConfigWorkspace.ROUTES.resolve("webhooks.camel.yaml");
        ConfigWorkspace.move(RECEIVE, renamed);
        await().untilAsserted(() -> assertThat(status().path("routes").toString()).contains("webhooks.camel.yaml"));
        assertThat(edits().path("status").asText()).isEqualTo("UP");
        assertThat(answer()).isEqualTo(204);
    }

    @Test
    @Tag("nightly")
    void aFileThatIsNeededCanNotBeDeleted() {
        for (Path file : List.of(RECEIVE, LEAD, ConfigWorkspace.MAPPINGS.resolve("event.jslt"),
                ConfigWorkspace.ROUTES.resolve("sync.camel.yaml"),
                ConfigWorkspace.ROUTES.resolve("mapping.camel.yaml"), ConfigWorkspace.SETTINGS)) {
            double before = refusals();
            String text = ConfigWorkspace.read(file);
            ConfigWorkspace.delete(file);
            await().untilAsserted(() -> assertThat(refusals()).as(file.toString()).isEqualTo(before + 1));
            assertThat(edits().path("status").asText()).isEqualTo("DEGRADED");
            assertThat(answer()).isEqualTo(204);
            ConfigWorkspace.write(file, text);
            awaitTaken(LEAD);
        }
        settle();
    }

    /** A trial build does not detect everything. */
    @Test
    void aRouteThatDoesNotStartIsReplacedByThePreviousOne() {
        ConfigWorkspace.write(RECEIVE, ConfigWorkspace.read(RECEIVE).replace("Takes an Ory webhook", "Edited") + """

                - route:
                    id: receive.impossible
                    description: Nothing can be received from a language
                    from:
                      uri: language:simple
                      steps:
                        - to:
                            uri: direct:receive.empty
                """);
        assertThat(awaitRefused(RECEIVE).path("reason").asText()).contains("Cannot consume");
        assertThat(camel.getRoute("receive.impossible")).isNull();
        assertThat(camel.getRoute("receive.webhook").getDescription()).startsWith("Takes an Ory webhook");
        assertThat(answer()).isEqualTo(204);
        settle();
    }

    @Test
    @Tag("nightly")
    void hundredsOfReloadsLeakNothing() {
        ConfigWorkspace.write(LEAD, lead("first"));
        awaitTaken(LEAD);
        answer();
        settle();
        int endpoints = camel.getEndpoints().size();
        for (int i = 0; i < 5; i++) {
            ConfigWorkspace.write(LEAD, lead("edit " + i));
            ConfigWorkspace.replace(RECEIVE, "Takes an Ory webhook", "Takes an Ory webhook again");
            awaitTaken(LEAD);
            awaitTaken(RECEIVE);
            assertThat(answer()).isEqualTo(204);
            settle();
        }
        assertThat(camel.getEndpoints().size()).isLessThanOrEqualTo(endpoints + 1);
        assertThat(camel.getRoutes()).hasSize(camel.getRoutesSize());
    }
}
