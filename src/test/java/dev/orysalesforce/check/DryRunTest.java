package dev.orysalesforce.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orysalesforce.check.DryRunStatistics.Plan;
import dev.orysalesforce.reconcile.ReconcileTest;
import dev.orysalesforce.reconcile.RunFailedException;
import dev.orysalesforce.sandbox.ory.OryFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** A dry run waits out temporary failures, reports others, and writes nothing. */
@TestPropertySource(properties = "test.context=reconcile")
@Tag("any-ledger")
@Tag("nightly")
class DryRunTest extends ReconcileTest {

    @Autowired
    private DryRun dryRun;

    @Autowired
    private DryRunStatistics rehearsal;

    @AfterEach
    void nothingIsWritten() {
        assertThat(SALESFORCE.writes().all()).isEmpty();
        assertThat(sql.queryForObject("select count(*) from identities", Integer.class)).isZero();
    }

    @Test
    void theDryRunWaitsOutTemporaryFailures() {
        ORY.project().addMany(600, i -> person("Listed " + i));
        ORY.fail(OryFault.serverError().times(1));
        int before = rehearsal.of(Plan.CREATE);
        List<String> told = new ArrayList<>();
        dryRun.run("direct:dry-run.page", Map.of(), told::add);
        assertThat(rehearsal.of(Plan.CREATE) - before).isEqualTo(600);
        assertThat(told).as("two pages").containsNull().anySatisfy(wait -> assertThat(wait).contains("500"));
    }

    @Test
    void aWrongKeyIsReported() {
        ORY.requireKey("another");
        assertThatThrownBy(() -> dryRun.run("direct:dry-run.page", Map.of(), told -> {})).isInstanceOf(RunFailedException.class)
                .hasMessageContaining("ORY_ADMIN_TOKEN").hasMessageNotContaining("another");
    }
}
