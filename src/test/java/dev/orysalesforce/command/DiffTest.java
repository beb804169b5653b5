package dev.orysalesforce.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.check.DiffCounts.Count;
import dev.orysalesforce.check.DiffCounts.Fate;
import dev.orysalesforce.check.DiffCounts.Kind;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.reconcile.ReconcileTest;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.SandboxRecord;
import dev.orysalesforce.sandbox.Write;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

/** {@code diff} and preview predict the records that Salesforce gets. */
@TestPropertySource(properties = {"test.context=diff", "sync.mapping-dir=target/compared", "sync.reload.poll-interval=100ms",
    "sync.mappings.default=target/compared/lead.jslt"})
@DirtiesContext
@Tag("any-ledger")
@Tag("nightly")
class DiffTest extends ReconcileTest {

    private static final Path PRESENT = Path.of("target/compared");
    private static final int IDENTITIES = 500;
    private static final int INACTIVE = 20;
    private static final String TITLE = "  \"Title\": cut($person.title, 128),\n";
    private static final String LAST = "  \"LastName\": cut($person.lastName, 80),\n";

    @Autowired
    private DiffCommand diff;

    @TempDir
    private Path folder;

    @BeforeAll
    static void asShipped() {
        try {
            Files.createDirectories(PRESENT);
            try (Stream<Path> files = Files.list(Path.of("mappings"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.writeString(PRESENT.resolve(file.getFileName()), Files.readString(file));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeEach
    void theShippedMapping() throws IOException {
        putInPlace(shipped());
    }

    @Test
    void thePreviewMatchesTheWrittenRecord() throws IOException {
        List<String> ids = ORY.project().addMany(IDENTITIES, DiffTest::person);
        ids.subList(0, INACTIVE).forEach(ORY.project()::deactivate);
        done();
        settle();
        assertThat(SALESFORCE.org().records("Lead")).hasSize(IDENTITIES);

        String skips = edited("else filled({", "else if (.identity.state == \"inactive\") null\nelse filled({");
        List<String> candidates = List.of(
                edited(TITLE, TITLE + "  \"Description\": .identity.traits.website,\n"),
                edited(LAST, "  \"LastName\": uppercase(cut($person.lastName, 80)),\n"),
                edited(TITLE, "").replace("\"Ory Registration\"", "\"Ory\""),
                skips,
                skips.replace("  \"FirstName\": cut($person.firstName, 40),\n", "")
                        .replace("\nelse filled({", "\nelse {\"FirstName\": null} + filled({").replace(LAST, ""));
        for (String candidate : candidates) {
            Files.writeString(folder.resolve("lead.jslt"), candidate);
            long before = SALESFORCE.writes().count();
            DiffCommand.DiffReport told = diff.report(folder, null, false);
            int skipped = records(told.identities(), Fate.NOW_SKIPPED) + records(told.identities(), Fate.SKIPPED);
            int changed = records(told.identities(), Fate.CHANGED);
            assertThat(records(told.identities(), Fate.SAME) + changed + skipped).isEqualTo(IDENTITIES);
            assertThat(skipped).isEqualTo(candidate.contains("\"inactive\"") ? INACTIVE : 0);
            assertThat(changed).isPositive();
            assertThat(told.calls()).isEqualTo((changed + 199) / 200);
            Map<String, SandboxRecord> records = SALESFORCE.org().records("Lead").stream()
                    .collect(Collectors.toMap(SandboxRecord::identity, Function.identity()));
            assertThat(SALESFORCE.writes().count()).as("nothing was sent").isEqualTo(before);

            putInPlace(candidate);
            ids.forEach(id -> ORY.project().patch(id, identity -> {}));
            Map<String, JsonNode> previews = new HashMap<>();
            ids.subList(INACTIVE, INACTIVE + 4).forEach(id -> previews.put(id, preview(id)));
            done();
            settle();
            List<Write> writes = SALESFORCE.writes().where(write -> write.sequence() > before);
            assertThat(writes).hasSize(changed);
            assertThat(received(writes, records)).isEqualTo(told(told));
            previews.forEach((id, preview) -> assertThat(writes.stream().filter(write -> write.identity().equals(id))
                    .map(write -> write.fields().keySet().stream().filter(field -> !field.equals("id")).sorted().toList()).toList())
                    .isEqualTo(preview.path("records").path(0).has("id") ? List.of(fields(preview)) : List.of()));
        }
    }

    @Test
    void aStandInThatChangesIsCountedAsItIsWritten() throws IOException {
        List<String> ids = ORY.project().addMany(3, i -> Map.of("username", "user" + i));
        done();
        settle();
        String candidate = edited("\"LastName\": cut($person.standIn, 80)", "\"LastName\": uppercase(cut($person.standIn, 80))");
        Files.writeString(folder.resolve("lead.jslt"), candidate);
        DiffCommand.DiffReport told = diff.report(folder, null, true);
        assertThat(told(told)).isEqualTo(Map.of("Lead.LastName", Map.of(Kind.CHANGES, 3)));
        assertThat(json.writeValueAsString(told)).contains("\"user1\"", "\"USER1\"");
        putInPlace(candidate);
        ids.forEach(id -> ORY.project().patch(id, identity -> {}));
        done();
        settle();
        assertThat(ids).allSatisfy(id -> assertThat(record(id).text("LastName")).startsWith("USER"));
    }

    @Test
    void childrenAreComparedAsTheMappingsAnswerThem() throws IOException {
        Path bodies = Files.createDirectory(folder.resolve("bodies"));
        Files.writeString(bodies.resolve("1.json"), hook(ORY.project().addMany(1, DiffTest::person).get(0)).toString());
        String with = edited(TITLE, TITLE + """
                  "children": [{"attributes": {"type": "CampaignMember"}, "match": ["CampaignId"], "CampaignId": {"Name": "A"}}],
                """);
        assertThat(told(with, bodies)).isEqualTo(Map.of("Lead.children", Map.of(Kind.APPEARS, 1)));
        putInPlace(with);
        assertThat(told(with.replace("\"A\"", "\"B\""), bodies)).isEqualTo(Map.of("Lead.children", Map.of(Kind.CHANGES, 1)));
        assertThat(SALESFORCE.writes().all()).isEmpty();
    }

    @Test
    void parentsAreComparedAsTheMappingsAnswerThem() throws IOException {
        Path bodies = Files.createDirectory(folder.resolve("bodies"));
        Files.writeString(bodies.resolve("1.json"), hook(ORY.project().addMany(1, DiffTest::person).get(0)).toString());
        String with = edited(TITLE, TITLE + """
                  "parents": {"AccountId": {"attributes": {"type": "Account"}, "match": ["Website"], "Website": "a.example"}},
                """);
        assertThat(told(with, bodies)).isEqualTo(Map.of("Lead.AccountId", Map.of(Kind.APPEARS, 1)));
        putInPlace(with);
        assertThat(told(with.replace("a.example", "b.example"), bodies)).isEqualTo(Map.of("Lead.AccountId", Map.of(Kind.CHANGES, 1)));
        assertThat(told(shipped(), bodies)).isEqualTo(Map.of("Lead.AccountId", Map.of(Kind.DISAPPEARS, 1)));
        assertThat(SALESFORCE.writes().all()).isEmpty();
    }

    private Map<String, Map<Kind, Integer>> told(String candidate, Path bodies) throws IOException {
        Files.writeString(folder.resolve("lead.jslt"), candidate);
        return told(diff.report(folder, bodies, false));
    }

    /** Then each field is assumed to exist and to be nillable. */
    @Test
    void anOrgThatDescribesNothingIsNotNeeded() throws IOException {
        String present = shipped().replace("\"type\": \"Lead\"", "\"type\": \"Account\""); // no other test makes the app describe it
        putInPlace(present);
        Path bodies = Files.createDirectory(folder.resolve("bodies"));
        Files.writeString(bodies.resolve("1.json"), hook(ORY.project().addMany(1, DiffTest::person).get(0)).toString());
        Files.writeString(folder.resolve("lead.jslt"), present.replace(TITLE, "").replace(LAST, "  \"LastName\": \"Fixed\",\n")
                .replace("\"Ory Registration\"", "\"Ory\""));
        SALESFORCE.faults().start(Fault.unavailable());
        assertThat(told(diff.report(folder, bodies, false))).isEqualTo(Map.of(
                "Account.LastName", Map.of(Kind.CHANGES, 1), "Account.Title", Map.of(Kind.DISAPPEARS, 1)));
        assertThat(diff.report(folder, bodies, false).fields().get("Account.LeadSource")).containsOnlyKeys(Kind.IN_NEW_RECORDS);
    }

    @Test
    void recordedBodiesAreComparedWithoutShowingTraits() throws IOException {
        Path bodies = Files.createDirectory(folder.resolve("bodies"));
        String id = UUID.randomUUID().toString();
        Files.writeString(bodies.resolve("1.json"), """
                {"identity":{"id":"%s","traits":{"email":"ada@example.org","name":{"first":"Ada","last":"Secret"}}}}"""
                .formatted(id));
        Files.writeString(bodies.resolve("2.json"), "{");
        Files.writeString(bodies.resolve("3.json"), "{\"identity\":{\"id\":\"" + UUID.randomUUID() + "\"}}");
        Files.writeString(folder.resolve("lead.jslt"), edited(LAST, "  \"LastName\": uppercase(cut($person.lastName, 80)),\n"));
        DiffCommand.DiffReport told = diff.report(folder, bodies, false);
        assertThat(told.fields().get("Lead.LastName").get(Kind.CHANGES).records()).isEqualTo(1);
        assertThat(records(told.identities(), Fate.UNREADABLE)).as("no JSON, and no traits").isEqualTo(2);
        assertThat(json.writeValueAsString(told)).contains(id).doesNotContain("Secret").doesNotContain("SECRET");
        assertThat(json.writeValueAsString(diff.report(folder, bodies, true))).contains("Secret").contains("SECRET");

        Files.writeString(folder.resolve("lead.jslt"), edited(LAST, "  \"LastName\": error(\"no\"),\n"));
        assertThat(records(diff.report(folder, bodies, false).identities(), Fate.FAILED)).isEqualTo(1);
        Files.writeString(folder.resolve("lead.jslt"), edited("else filled({", "else filled({{"));
        assertThatThrownBy(() -> diff.report(folder, bodies, false)).hasMessageContaining("lead.jslt:");
        assertThatThrownBy(() -> diff.report(Path.of("mappings"), Path.of("mappings/examples"), false)).as("no body in it")
                .isInstanceOf(WrongUsageException.class).hasMessageContaining("no *.json in mappings/examples");
        assertThat(SALESFORCE.writes().all()).isEmpty();
    }

    private static Map<String, ?> person(int i) {
        Map<String, Object> traits = new HashMap<>(Map.of("email", UUID.randomUUID() + "@example.org", "company", "C" + i,
                "name", Map.of("first", "F" + i, "last", i % 3 == 0 ? "UPPER" : "Lower")));
        if (i % 4 == 0) {
            traits.put("website", "https://example.org/" + i);
        }
        if (i % 5 == 0) {
            traits.put("job_title", "T" + i);
        }
        return traits;
    }

    private static Map<String, Map<Kind, Integer>> told(DiffCommand.DiffReport report) {
        Map<String, Map<Kind, Integer>> told = new TreeMap<>();
        report.fields().forEach((field, kinds) -> kinds.forEach((kind, count) -> {
            if (kind != Kind.IN_NEW_RECORDS) {
                told.computeIfAbsent(field, name -> new TreeMap<>()).put(kind, count.records());
            }
        }));
        return told;
    }

    private static Map<String, Map<Kind, Integer>> received(List<Write> writes, Map<String, SandboxRecord> before) {
        Map<String, Map<Kind, Integer>> received = new TreeMap<>();
        writes.forEach(write -> write.fields().forEach((field, value) -> {
            if (!field.equals("Ory_Updated_At__c")) {
                Kind kind = value == null ? Kind.DISAPPEARS
                        : before.get(write.identity()).get(field) == null ? Kind.APPEARS : Kind.CHANGES;
                received.computeIfAbsent(write.object() + "." + field, name -> new TreeMap<>()).merge(kind, 1, Integer::sum);
            }
        }));
        return received;
    }

    private JsonNode preview(String id) {
        return read(operator.post("/api/preview", hook(id).toString()).body());
    }

    private static List<String> fields(JsonNode preview) {
        return preview.path("records").path(0).properties().stream().map(Map.Entry::getKey)
                .filter(field -> !field.equals("attributes") && !field.equals("id")).sorted().toList();
    }

    private static int records(Map<Fate, Count> counts, Fate fate) {
        return counts.containsKey(fate) ? counts.get(fate).records() : 0;
    }

    private void putInPlace(String mapping) throws IOException {
        Files.writeString(PRESENT.resolve("lead.jslt"), mapping);
        String version = Mapping.hash(mapping.getBytes(StandardCharsets.UTF_8));
        await().until(() -> status().path("mappings").toString().contains(version));
    }

    private static String edited(String what, String with) throws IOException {
        assertThat(shipped()).contains(what);
        return shipped().replace(what, with);
    }

    private static String shipped() throws IOException {
        return Files.readString(Path.of("mappings/lead.jslt"));
    }
}
