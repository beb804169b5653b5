package dev.orysalesforce.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Mistakes of people and damaged copies: each is rejected with its file, and with its line if there is one. {@code
 * -Dedits.mistakes=30} makes as many more in each route file, 1 one in every second file.
 */
@Tag("any-ledger")
@Tag("nightly")
class RejectedChangesTest extends ReloadAppTest {

    private static final int EACH = Integer.getInteger("edits.mistakes", 0);

    /** @param line about where it is; 0 if it is everywhere */
    private record Mistake(Path file, String what, String text, int line) {}

    @Test
    void aMistakeIsRejectedWithItsLocation() {
        List.of(wrong("receive", "uri: direct:receive.empty", "uri: direct:receive.emty"),
                wrong("journal", "library: Jackson", "library: Jakson"),
                wrong("receive", "method: accepted", "method: acepted"),
                wrong("sync", "ref: batchTransaction", "ref: noTransaction"),
                inMapping("lead.jslt", "def cut(", "df cut("),
                inMapping("shared-hosts.txt", "gmail.com", "pat@gmail.com"),
                inMapping("event.jslt", "let flow", "lt flow")).forEach(this::make);
    }

    @Test
    void everyKindOfMistakeIsRejectedWithItsLocation() {
        List.of(wrong("receive", "uri: direct:receive.empty", "uri: dirct:receive.empty"),
                wrong("receive", "id: receive.journal", "id: receive.count"),
                wrong("receive", "- route:\n    id: receive.accept", "- route:\n    id: receive.event"),
                wrong("receive", "uri: direct:receive.accept\n      steps", "uri: direct:receive.event\n      steps"),
                wrong("receive", "ref: eventCounters", "ref: boks"),
                wrong("token", "#tokenHeaders", "#tokenHeadrs"),
                wrong("receive", "routeConfigurationId: http", "routeConfigurationId: htp"),
                wrong("receive", "${body.isNotStored}", "${body.isNotStored"),
                wrong("journal", "exchangePattern:", "exchangePatern:"),
                wrong("sync", "circuitBreaker: salesforceBreaker", "circuitBreaker: otherBreaker"),
                wrong("sync-map", "executorService: mappingThreads", "executorService: noThreads"),
                wrong("salesforce", "{{sync.auto-assign.new}}", "{{sync.auto-assign.old}}"),
                wrong("exceptions", "java.lang.Exception", "java.lang.Excption"),
                wrong("operator-api", "component: platform-http", "component: servlet"),
                wrong("operator-api", "uri: direct:operator.dead-letters\n      - id", "uri: direct:operator.lettrs\n      - id"),
                inMapping("lead.jslt", "\"attributes\": {", "\"attributes\": {{"),
                inMapping("contact.jslt", "else filled({", "else filled(("),
                inMapping("event.jslt", "fallback(", "fallbak(")).forEach(this::make);
    }

    @Test
    void aProblemThatIsNotInTheTableIsRejectedByItsKey() {
        make(wrong("reject", "problem('UNREADABLE_BODY.empty')", "problem('UNREADABLE_BODY.emty')"));
        assertThat(edits().path("details").path("reason").asText()).contains("UNREADABLE_BODY.emty", "docs/problems.md");
        make(wrong("gateway", "error('NOT_FOUND.gateway')", "error('NOT_FOUND.gatway')"));
        assertThat(edits().path("details").path("reason").asText()).contains("NOT_FOUND.gatway");
    }

    @Test
    void everyDamageToAFileIsRejected() {
        Random random = new Random(20261124);
        Set<String> made = new HashSet<>(); // a change that is rejected already is not rejected again
        for (Path file : ConfigWorkspace.files(ConfigWorkspace.ROUTES)) {
            for (int i = 0; i < EACH; i++) {
                Mistake mistake = random(file, random);
                if ((EACH > 1 || random.nextBoolean()) && made.add(mistake.text())) {
                    make(mistake);
                }
            }
        }
        for (Path file : ConfigWorkspace.files(ConfigWorkspace.MAPPINGS)) {
            make(new Mistake(file, "empty", "", 0));
        }
    }

    private void make(Mistake mistake) {
        ConfigWorkspace.lay();
        double before = refusals();
        ConfigWorkspace.overwrite(mistake.file(), mistake.text());
        await(mistake.what() + " in " + mistake.file()).pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(refusals()).isGreaterThan(before));
        JsonNode refused = edits().path("details");
        assertThat(refused.path("file").asText()).as(mistake.what() + ": " + refused).isEqualTo(mistake.file().toString());
        assertThat(refused.path("reason").asText()).as(mistake.what()).isNotBlank().doesNotContain("null");
        if (mistake.line() > 0) {
            assertThat(refused.path("line").asInt()).as(mistake.what() + ": " + refused)
                    .isBetween(mistake.line() - 15, mistake.line() + 5); // a parser may only notice the next entry
        }
        assertThat(answer()).as(mistake.what()).isEqualTo(204);
    }

    private static Mistake wrong(String routes, String right, String wrong) {
        return mistake(ConfigWorkspace.ROUTES.resolve(routes + ".camel.yaml"), Path.of("routes", routes + ".camel.yaml"), right, wrong);
    }

    private static Mistake inMapping(String name, String right, String wrong) {
        return mistake(ConfigWorkspace.MAPPINGS.resolve(name), Path.of("mappings", name), right, wrong);
    }

    private static Mistake mistake(Path file, Path shipped, String right, String wrong) {
        String text = ConfigWorkspace.read(shipped);
        int at = text.indexOf(right);
        assertThat(at).as(right).isNotNegative();
        return new Mistake(file, wrong, text.substring(0, at) + wrong + text.substring(at + right.length()), lineAt(text, at));
    }

    private static int lineAt(String text, int position) {
        return 1 + (int) text.substring(0, position).chars().filter(c -> c == '\n').count();
    }

    private static Mistake random(Path file, Random random) {
        String text = ConfigWorkspace.read(Path.of("routes").resolve(file.getFileName()));
        return switch (random.nextInt(8)) {
            case 0 -> new Mistake(file, "empty", random.nextBoolean() ? "" : "\n# nothing\n", 0);
            case 1 -> cut(file, text, random);
            case 2 -> at(file, text, random, "- bean:", "- been:");
            case 3 -> at(file, text, random, "uri: direct:", "uri: direkt:");
            case 4 -> at(file, text, random, "simple:", "simpel:");
            case 5 -> at(file, text, random, "- to:", "-to:");
            case 6 -> at(file, text, random, "          ", "\t");
            default -> twice(file, text, random);
        };
    }

    /** In the middle of a key: the part before it is valid by itself. */
    private static Mistake cut(Path file, String text, Random random) {
        List<Integer> keys = all(text, ":\n");
        int at = keys.get(random.nextInt(keys.size()));
        return new Mistake(file, "cut", text.substring(0, at), 0);
    }

    private static Mistake twice(Path file, String text, Random random) {
        List<Integer> entries = all("\n" + text, "\n- route");
        int from = entries.get(random.nextInt(entries.size()));
        int to = text.indexOf("\n- ", from);
        return new Mistake(file, "twice", text + "\n" + (to < 0 ? text.substring(from) : text.substring(from, to + 1)),
                lineAt(text, text.length()));
    }

    private static Mistake at(Path file, String text, Random random, String right, String wrong) {
        List<Integer> places = all(text, right);
        if (places.isEmpty()) {
            return twice(file, text, random);
        }
        int at = places.get(random.nextInt(places.size()));
        return new Mistake(file, wrong, text.substring(0, at) + wrong + text.substring(at + right.length()), lineAt(text, at));
    }

    private static List<Integer> all(String text, String what) {
        List<Integer> places = new ArrayList<>();
        for (int at = text.indexOf(what); at >= 0; at = text.indexOf(what, at + 1)) {
            places.add(at);
        }
        return places;
    }
}
