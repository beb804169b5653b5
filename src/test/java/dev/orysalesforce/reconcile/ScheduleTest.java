package dev.orysalesforce.reconcile;

import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.TestPropertySource;

/** Scheduled comparisons. If the context were kept for later classes, the app would query the Ory of their tests. */
@DirtiesContext
@TestPropertySource(properties = {"test.context=schedule", "sync.reconcile.every=2s"})
@Tag("any-ledger")
@Tag("nightly")
class ScheduleTest extends ReconcileTest {

    @Test
    void allIdentitiesAreComparedAgainAndAgain() {
        begin();
        for (String lastName : new String[] {"First", "Second"}) {
            String id = ORY.project().add(person(lastName));
            await().until(() -> SALESFORCE.org().byIdentity(id).size() == 1);
        }
    }
}
