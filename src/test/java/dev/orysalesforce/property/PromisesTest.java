package dev.orysalesforce.property;

import dev.orysalesforce.sandbox.SalesforceSandbox;
import java.io.IOException;
import java.nio.file.Files;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever Salesforce does. The same histories at each run; take the seed away to try others.
 * {@code -Djqwik.tries.default=1000} tries it more often, as the nightly build does.
 */
@Tag("longer")
class PromisesTest {

    private static SalesforceSandbox salesforce;
    private static RunningApp app;

    @BeforeContainer
    static void start() throws IOException {
        salesforce = SalesforceSandbox.start();
        app = new RunningApp(Files.createTempDirectory("promises"), salesforce);
    }

    @AfterContainer
    static void stop() {
        app.close();
        salesforce.close();
    }

    @Property(seed = "20261124", generation = GenerationMode.RANDOMIZED, edgeCases = EdgeCasesMode.NONE)
    void theNewestStateWinsAndEntriesOfSalesStay(@ForAll("histories") History history) {
        salesforce.reset();
        new HistoryRunner(app, salesforce, history).play();
    }

    @Provide
    Arbitrary<History> histories() {
        return Histories.withoutKills(5, 120);
    }
}
