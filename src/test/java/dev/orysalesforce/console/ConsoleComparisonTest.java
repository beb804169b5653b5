package dev.orysalesforce.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.reconcile.ReconcileTest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** The overview tells how many identities are in step, and starts a comparison. */
@TestPropertySource(properties = "test.context=reconcile")
@Tag("nightly")
@Tag("any-ledger")
class ConsoleComparisonTest extends ReconcileTest {

    private Browser browser;

    @BeforeEach
    void loggedIn() {
        browser = new Browser(port);
        browser.logIn(OPERATOR_TOKEN);
    }

    @Test
    void aComparisonIsStartedAndItsResultIsShown() {
        ORY.project().addMany(2, i -> Map.of("email", "p" + i + "@example.org", "name", "Pat Kowalczykowa"));
        ORY.project().add(Map.of("email", "no address", "name", "Pat Kowalczykowa"));
        HttpResponse<String> page = browser.get("/console");
        assertThat(page.body()).contains("have not been compared with Salesforce yet.", "There was none yet.");

        HttpResponse<String> started = browser.submit(page, "/console/compare", Map.of());
        assertThat(Browser.location(started)).isEqualTo("/console");
        assertThat(browser.follow(started).body()).contains("The comparison has started.");
        await().untilAsserted(() -> assertThat(browser.get("/console").body()).contains("It ended at <time"));
        settle();
        compareAgain();
        await().untilAsserted(
                () -> assertThat(browser.get("/console/live").body()).contains("2 of 3 identities are in step with Salesforce.")
                        .doesNotContain("Kowalczykowa"));
    }

    private void compareAgain() {
        browser.submit(browser.get("/console"), "/console/compare", Map.of());
        await().until(() -> browser.get("/console").body().contains("It ended at <time"));
    }
}
