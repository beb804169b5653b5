package dev.orysalesforce;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Checks at once, then every 20 ms, whether a condition holds. Awaitility's own default is 100 ms for both. */
public final class Patience implements BeforeAllCallback {

    @Override
    public void beforeAll(ExtensionContext tests) {
        Awaitility.setDefaultPollDelay(Duration.ZERO);
        Awaitility.setDefaultPollInterval(Duration.ofMillis(20));
    }
}
