package dev.orysalesforce.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.check.DiffRuns;
import dev.orysalesforce.reconcile.ReconcileTest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** A comparison with a candidate that loops ends, and delivery goes on beside it. JSONata ends such a loop by itself. */
@TestPropertySource(properties = {"test.context=looping-candidate", "sync.mapping-timeout=500ms"})
@Tag("any-ledger")
@Tag("nightly")
class ConsoleLoopingCandidateTest extends ReconcileTest {

    private static final String PAGE = "/console/changes";

    @Autowired
    private DiffRuns runs;

    @Test
    void theComparisonEndsAndDeliveryGoesOn() throws IOException {
        List<String> ids = ORY.project().addMany(30, i -> person("Listed " + i));
        Browser browser = new Browser(port);
        browser.logIn(OPERATOR_TOKEN);
        HttpResponse<String> page = browser.get(PAGE);
        browser.upload(PAGE + "/compare", List.of(Map.entry("_csrf", Browser.hidden(page, PAGE + "/compare").get("_csrf")),
                Map.entry("over", "identities"), Map.entry("mapping", "mappings/lead.jslt"), Map.entry("language", "jsonata"),
                Map.entry("text", Files.readString(Path.of("src/test/resources/mappings/looping/loop.jsonata")))), Map.of());

        ory.sends("registration", hook(ids.get(0)));
        settle();
        assertThat(record(ids.get(0)).text("LastName")).isEqualTo("Listed 0");

        await().until(() -> !runs.last().isRunning());
        assertThat(browser.get(PAGE).body()).containsPattern("candidate/lead.jsonata loops: |<th scope=\"row\">failed</th>")
                .doesNotContain("<th scope=\"row\">changed</th>");
        assertThat(SALESFORCE.writes().count()).isEqualTo(1);
    }
}
