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
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** For any behaviour of Salesforce, kills at any time, and a ledger that is deleted while the app is stopped. */
@Tag("nightly")
class PromisesIT {

    private static SalesforceSandbox salesforce;
    private static JarApp app;

    @BeforeContainer
    static void start() throws IOException {
        salesforce = SalesforceSandbox.start();
        app = new JarApp(Files.createTempDirectory("promises"), salesforce);
    }

    @AfterContainer
    static void stop() {
        app.close();
        salesforce.close();
    }

    /** Not shrunk, because each try takes long. A failure here and not in {@link PromisesTest} is caused by the kills. */
    @Property(seed = "20261124", generation = GenerationMode.RANDOMIZED, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
    void noKillLosesAnything(@ForAll("histories") History history) {
        salesforce.reset();
        new HistoryRunner(app, salesforce, history).play();
    }

    @Provide
    Arbitrary<History> histories() {
        return Histories.withKills(6, 120);
    }
}
