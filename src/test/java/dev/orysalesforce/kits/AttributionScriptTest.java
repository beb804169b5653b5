package dev.orysalesforce.kits;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script of sign-up pages, on a page that has only what the script uses. */
@Tag("nightly")
class AttributionScriptTest {

    /** A page for each pair of address and referrer, one after the other in one browser; then what the script has remembered. */
    private static final String PAGES = """
            const storage = new Map(process.env.STORED ? [['attribution', process.env.STORED]] : []);
            globalThis.localStorage = {
              getItem: key => storage.has(key) ? storage.get(key) : null,
              setItem: (key, value) => { if (process.env.FULL) throw new Error('full'); storage.set(key, value); },
              removeItem: key => storage.delete(key),
            };
            let touch, forget;
            for (const [i, [address, referrer]] of JSON.parse(process.env.PAGES).entries()) {
              globalThis.location = new URL(address);
              globalThis.document = { referrer };
              ({ touch, forget } = await import(process.env.SCRIPT + '?' + i));
              if (process.env.FORGET) forget();
            }
            console.log(JSON.stringify(touch()));
            """;
    private static final String SITE = "https://www.example.org/";

    @TempDir
    private Path work;

    @BeforeAll
    static void needsNode() {
        Tool.require(Tool.NODE);
    }

    @Test
    void theFirstAndTheLastTouchAreRemembered() throws Exception {
        JsonNode touch = remembered(Map.of(),
                page(SITE + "?utm_source=newsletter&utm_campaign=a+b&email=ada@example.org&UTM_TERM=no", "https://news.example.com/a?b=c"),
                page(SITE + "?gclid=x-1", "https://example.org/"), page(SITE + "sign-up", SITE));
        assertThat(told(touch)).containsExactlyInAnyOrderEntriesOf(Map.of("gclid", "x-1"));
        assertThat(told(touch.path("first_touch"))).containsExactlyInAnyOrderEntriesOf(
                Map.of("utm_source", "newsletter", "utm_campaign", "a b", "referrer", "news.example.com"));
        assertThat(touch.path("utm_source").asText("missing")).as("replaces that of an earlier event").isEmpty();
    }

    @Test
    void aValueIsNoLongerThanItsField() throws Exception {
        assertThat(remembered(Map.of(), page(SITE + "?utm_source=" + "x".repeat(300), "")).path("utm_source").asText()).hasSize(255);
    }

    @Test
    void withoutATouchThereIsNoneAndWithoutStorageOnlyThatOfThePage() throws Exception {
        assertThat(remembered(Map.of(), page(SITE, "https://auth.example.org/"))).as("of the same site").isEmpty();
        assertThat(told(remembered(Map.of("FULL", "true"), page(SITE + "?utm_source=x", "")))).isEqualTo(Map.of("utm_source", "x"));
        assertThat(remembered(Map.of("STORED", "not JSON"), page(SITE, ""))).isEmpty();
        assertThat(remembered(Map.of("FORGET", "true"), page(SITE + "?utm_source=x", ""), page(SITE, ""))).isEmpty();
    }

    private static Map<String, String> told(JsonNode touch) {
        Map<String, String> told = new HashMap<>();
        touch.properties().stream().filter(part -> part.getValue().isTextual() && !part.getValue().asText().isEmpty())
                .forEach(part -> told.put(part.getKey(), part.getValue().asText()));
        return told;
    }

    private static List<String> page(String address, String referrer) {
        return List.of(address, referrer);
    }

    @SafeVarargs
    private JsonNode remembered(Map<String, String> variables, List<String>... pages) throws Exception {
        Map<String, String> all = new HashMap<>(variables);
        all.put("PAGES", new ObjectMapper().writeValueAsString(pages));
        Path module = Files.copy(Path.of("ory", "attribution.js"), Files.createTempDirectory(work, "page").resolve("attribution.mjs"));
        all.put("SCRIPT", module.toUri().toString()); // Node.js tells a module by its ending
        return new ObjectMapper().readTree(Tools.run(work, List.of("node", "--input-type=module", "--eval", PAGES), all));
    }
}
