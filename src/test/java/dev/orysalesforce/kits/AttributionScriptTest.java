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
            };
            let touch;
            for (const [i, [address, referrer]] of JSON.parse(process.env.PAGES).entries()) {
              globalThis.location = new URL(address);
              globalThis.document = { referrer };
              ({ touch } = await import(process.env.SCRIPT + '?' + i));
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
    void theAddressAndTheReferrersHostAreRemembered() throws Exception {
        assertThat(remembered(Map.of(), page(SITE + "?utm_source=newsletter&utm_campaign=a+b&gclid=x-1&email=ada@example.org&UTM_TERM=no",
                "https://news.example.com/a?b=c"), page(SITE + "sign-up", SITE)))
                .isEqualTo(json("{'utm_source': 'newsletter', 'utm_campaign': 'a b', 'gclid': 'x-1', 'referrer': 'news.example.com'}"));
    }

    @Test
    void aLaterTouchReplacesTheWholeOfAnEarlierOne() throws Exception {
        assertThat(remembered(Map.of(), page(SITE + "?utm_source=newsletter&utm_medium=email", ""), page(SITE + "?utm_source=search", "")))
                .isEqualTo(json("{'utm_source': 'search'}"));
    }

    @Test
    void aValueIsNoLongerThanItsField() throws Exception {
        assertThat(remembered(Map.of(), page(SITE + "?utm_source=" + "x".repeat(300), "")).path("utm_source").asText()).hasSize(255);
    }

    @Test
    void withoutATouchThereIsNoneAndWithoutStorageOnlyThatOfThePage() throws Exception {
        assertThat(remembered(Map.of(), page(SITE, SITE + "other"))).isEqualTo(json("{}"));
        assertThat(remembered(Map.of("FULL", "true"), page(SITE + "?utm_source=x", ""))).as("only this page")
                .isEqualTo(json("{'utm_source': 'x'}"));
        assertThat(remembered(Map.of("STORED", "not JSON"), page(SITE, ""))).isEqualTo(json("{}"));
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

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text.replace('\'', '"'));
    }
}
