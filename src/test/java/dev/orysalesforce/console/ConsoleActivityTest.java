package dev.orysalesforce.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.AppTest;
import dev.orysalesforce.ledger.Activity;
import dev.orysalesforce.ledger.Activity.Count;
import dev.orysalesforce.ledger.StuckDatabase;
import dev.orysalesforce.settings.SyncSettings;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.support.TransactionTemplate;

/** The page of batches, comparisons and pauses, and the charts of the overview. */
@Tag("nightly")
class ConsoleActivityTest extends AppTest {

    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

    @Autowired
    private Activity activity;

    @Autowired
    private TransactionTemplate ledgerTransaction;

    @Autowired
    private SyncSettings settings;

    private Browser browser;

    @BeforeEach
    void loggedIn() {
        settle();
        activity.save();
        sql.update("delete from activity");
        browser = new Browser(port);
        browser.logIn(OPERATOR_TOKEN);
    }

    @Test
    void batchesComparisonsAndPausesAreTold() {
        assertThat(page("/console/activity")).contains("<h1>Activity</h1>", "Nothing happened that fits.", "aria-current=\"page\"");
        Activity told = at(NOON);
        told.compared(NOON.minusSeconds(900), "done", null, Map.of());
        told.save();
        told.batch(NOON.minusMillis(400), Map.of(Count.DEAD_LETTERED, 1L));
        told.save();
        assertThat(page("/console/activity")).contains("<td class=\"words\">0 listed by Ory.</td>",
                "<td class=\"words\">1 became a dead letter.</td>");
        sql.update("delete from activity");
        told.batch(NOON.minusMillis(400), Map.of(Count.SYNCED, 1_234L, Count.DEAD_LETTERED, 2L, Count.CALLS, 9L));
        told.save();
        told.compared(NOON.minusSeconds(90), "failed", "Ory's Admin API answered 401. <script>alert(1)</script>",
                Map.of(Count.SEEN, 7L, Count.MISSING, 1L));
        told.paused("LOGIN_REFUSED");
        told.save();

        String page = page("/console/activity");
        assertThat(page).contains("1 to 3 of 3", ">Batch</span>", "0.4 s", "1,234 synced, 2 became dead letters.", "<td>9</td>",
                "Comparison with Ory", "1 min", "It failed. 7 listed by Ory, 1 missing at Ory.", "&lt;script&gt;alert(1)&lt;/script&gt;",
                "Delivery was paused", "LOGIN_REFUSED", "No batch was delivered since.", "<time datetime=\"2026-11-01T11:59:59.600Z\"")
                .doesNotContain("<script>alert");
        assertThat(page("/console/activity?kind=pause")).contains("1 to 1 of 1", "LOGIN_REFUSED").doesNotContain("1,234 synced");
        assertThat(page("/console/activity?from=2026-11-01")).contains("1 to 3 of 3");
        assertThat(page("/console/activity?from=2026-11-02")).contains("Nothing happened that fits.");

        HttpResponse<String> file = browser.get("/console/activity.csv?kind=batches");
        assertThat(file.headers().firstValue("Content-Type").orElse("")).startsWith("text/csv");
        assertThat(file.body().lines()).hasSize(2).last().asString().contains("\"batches\",\"2026-11-01T11:59:59.600Z\"", "\"1234\"");
        for (String wrong : new String[] {"kind=x", "from=yesterday", "offset=x"}) {
            assertThat(browser.get("/console/activity?" + wrong).statusCode()).as(wrong).isEqualTo(400);
        }
    }

    @Test
    void aLongListIsPaged() {
        for (int i = 0; i < 60; i++) {
            Instant minute = NOON.plus(i, ChronoUnit.MINUTES);
            Activity told = at(minute);
            told.batch(minute, Map.of());
            told.save();
        }
        assertThat(page("/console/activity?kind=batches")).contains("1 to 50 of 60", "/console/activity?kind=batches&amp;offset=50");
        assertThat(page("/console/activity?kind=batches&offset=50")).contains("51 to 60 of 60", ">Previous</a>");
        assertThat(browser.get("/console/activity.csv").body().lines()).hasSize(61);
    }

    @Test
    void theOverviewShowsChartsOfADayAndAMonth() throws Exception {
        Instant now = Instant.now();
        Activity recent = at(now);
        recent.accepted();
        recent.batch(now, Map.of(Count.SYNCED, 5L, Count.DEAD_LETTERED, 1L));
        recent.save();
        Activity earlier = at(now.minus(3, ChronoUnit.DAYS));
        earlier.batch(now, Map.of(Count.SYNCED, 4_000L));
        earlier.save();
        String page = page("/console");
        assertThat(page).contains("24 hours", "30 days", "Synced: 5, at most 5 in an hour", "Synced: 4,005, at most 4,000 in a day",
                "Accepted: 1, at most 1 in an hour", "Refused: 1, at most 1 in a day", "<summary>24 hours as a table</summary>");
        assertThat(page.split("<tr>", -1)).as("heads, and a row for each hour and day").hasSize(1 + 2 + 24 + 30);
        assertThat(page).hasSizeLessThan(100_000).doesNotContain("style=");
        try (StuckDatabase stuck = new StuckDatabase(sql.getDataSource())) {
            assertThat(page("/console")).contains("The ledger does not answer, so there are no charts.").doesNotContain("as a table");
        }
    }

    private Activity at(Instant now) {
        return new Activity(sql, ledgerTransaction, settings, Clock.fixed(now, ZoneOffset.UTC));
    }

    private String page(String path) {
        HttpResponse<String> page = browser.get(path);
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        return page.body();
    }
}
