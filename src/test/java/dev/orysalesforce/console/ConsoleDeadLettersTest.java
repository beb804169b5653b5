package dev.orysalesforce.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.Ory;
import dev.orysalesforce.ledger.Audit;
import dev.orysalesforce.ledger.StuckDatabase;
import dev.orysalesforce.sandbox.Fault;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** A person without a shell finds out why a record is missing, and fixes it. */
class ConsoleDeadLettersTest extends AppTest {

    private static final String PATH = "/console/dead-letters";

    @Autowired
    private Audit audit;

    private Browser browser;

    @BeforeEach
    void loggedIn() {
        sql.update("delete from audit");
        sql.update("delete from dead_letters");
        browser = new Browser(port);
        browser.logIn(OPERATOR_TOKEN);
        await().until(() -> page(PATH).contains("There is no dead letter."));
    }

    @Test
    void aMissingRecordIsExplainedAndFixed() {
        SALESFORCE.org().schema("Lead").alter("LastName", rule -> rule.withLength(3));
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, Instant.now(), "Kowalczykowa"));
        settle();
        String groups = page(PATH);
        assertThat(groups).contains("A text is longer than its field.", "Truncate it in the mapping or widen the field.", "STRING_TOO_LONG",
                "1 in all", "href=\"/console/dead-letters/list?code=STRING_TOO_LONG\"", "<time datetime=");
        String list = page(PATH + "/list?code=STRING_TOO_LONG");
        assertThat(list).contains("1 to 1 of 1", "LastName", "registration", "Lead", "/console/identities/" + id);
        String letter = letters().get(0);
        HttpResponse<String> one = browser.get(PATH + "/" + letter);
        assertThat(one.body()).contains("A text is longer than its field.", "LastName", id, "Truncate it in the mapping");
        assertThat(groups + list + one.body()).doesNotContain("Kowalczykowa");

        SALESFORCE.org().schema("Lead").alter("LastName", rule -> rule.withLength(80));
        HttpResponse<String> replayed = browser.submit(one, PATH + "/replay", Map.of());
        assertThat(Browser.location(replayed)).startsWith(PATH + "/replays/");
        assertThat(browser.follow(replayed).body()).contains("1 dead letter was replayed.", "Of 1 replayed: ");
        settle();
        await().untilAsserted(
                () -> assertThat(browser.follow(replayed).body()).contains("Of 1 replayed: 1 synced.").doesNotContain("hx-get"));
        assertThat(record(id).text("LastName")).isEqualTo("Kowalczykowa");
        assertThat(page(PATH)).contains("There is no dead letter.");
        assertThat(acts()).containsExactly("replay dead letter " + letter + " done");
        assertThat(page("/console/identities/" + id)).contains("Replay by 127.0.0.1: done").doesNotContain("No operator has");
        assertThat(page("/console/audit?identity=" + id)).contains("1 to 1 of 1", "<td>Replay</td>", ">1 replayed, 0 left</td>");
    }

    @Test
    void allThatMatchTheFilterAreReplayed() {
        List<String> ids = IntStream.range(0, 3).mapToObj(i -> refused("registration")).toList();
        refused("settings");
        settle();
        SALESFORCE.faults().start(Fault.unavailable());
        HttpResponse<String> list = browser.get(PATH + "/list?code=INVALID_EMAIL_ADDRESS&event=registration&object=Lead");
        assertThat(list.body()).contains("Replay all 3 that match", ids.get(0)).doesNotContain("Discard all");
        HttpResponse<String> replayed = browser.submit(list, PATH + "/replay", Map.of());
        assertThat(browser.follow(replayed).body()).contains("3 dead letters were replayed.", "Of 3 replayed: 3 waiting.",
                "hx-get=\"/console");
        assertThat(browser.get(Browser.location(replayed) + "/live", "HX-Request", "true").body()).contains("3 waiting.")
                .doesNotContain("<h1>");
        SALESFORCE.faults().clear();
        settle();
        await().untilAsserted(() -> assertThat(browser.follow(replayed).body()).contains("Of 3 replayed: 3 refused again.")
                .doesNotContain("hx-get"));
        assertThat(page(PATH + "/list?event=settings")).contains("1 to 1 of 1");
        assertThat(acts()).containsExactly("replay the dead letters with code INVALID_EMAIL_ADDRESS, event registration, object Lead done");
    }

    @Test
    void aCodeIsReplayedFromTheGroups() {
        refused("registration");
        settle();
        HttpResponse<String> replayed = browser.submit(browser.get(PATH), PATH + "/replay", Map.of());
        assertThat(browser.follow(replayed).body()).contains("1 dead letter was replayed.");
        await("it is refused again").until(() -> page(PATH + "/list?code=INVALID_EMAIL_ADDRESS").contains("1 to 1 of 1"));
        HttpResponse<String> none = browser.submit(browser.get(PATH + "/list?code=INVALID_EMAIL_ADDRESS"), PATH + "/replay",
                Map.of("code", "NO_SUCH_CODE"));
        assertThat(browser.follow(none).body()).contains("No dead letter was replayed.");
    }

    @Test
    void aLetterThatCanNotBeReplayedSaysWhy() {
        ory.sends("login", "{\"secret\": \"kowalczykowa\"}");
        HttpResponse<String> one = browser.get(PATH + "/" + letters().get(0));
        assertThat(one.body()).contains("holds no ID of an Ory identity", "not known").doesNotContain("kowalczykowa");
        assertThat(browser.follow(browser.submit(one, PATH + "/replay", Map.of())).body())
                .contains("No dead letter was replayed. 1 dead letter was left, because a letter without an event");
    }

    @Test
    void whatHoldsNoEventIsNotOfferedForReplay() {
        ory.sends("login", "not JSON");
        await().until(() -> page(PATH).contains("UNREADABLE_BODY"));
        assertThat(page(PATH)).doesNotContain("Replay all with code");
        assertThat(page(PATH + "/" + letters().get(0))).contains("This letter can't be replayed")
                .doesNotContain("<button>Replay</button>");
    }

    @Test
    void aPageBehindTheLastLeadsToTheLast() {
        refused("registration");
        settle();
        HttpResponse<String> beyond = browser.get(PATH + "/list?event=registration&offset=99950");
        assertThat(Browser.location(beyond)).isEqualTo(PATH + "/list?event=registration");
        assertThat(browser.follow(beyond).body()).contains("1 to 1 of 1");
        assertThat(Browser.location(browser.get(PATH + "/" + letters().get(0) + "/reveal"))).isEqualTo(PATH + "/" + letters().get(0));
    }

    @Test
    void discardingTakesASecondStep() {
        List<String> ids = List.of(refused("registration"), refused("registration"));
        settle();
        String first = letters().get(0);
        String id = deadLetters().get(0).path("identity").asText();
        assertThat(ids).contains(id);
        HttpResponse<String> one = browser.get(PATH + "/" + first);
        assertThat(one.body()).contains("<summary>Discard …</summary>", "The event in this letter is lost.");
        HttpResponse<String> gone = browser.submit(one, PATH + "/" + first + "/discard", Map.of());
        assertThat(browser.follow(gone).body()).contains("The dead letter was discarded.", "1 in all");
        assertThat(browser.follow(browser.submit(one, PATH + "/" + first + "/discard", Map.of())).body())
                .contains("There is no dead letter with this ID.");

        HttpResponse<String> all = browser.submit(browser.get(PATH + "/list?code=INVALID_EMAIL_ADDRESS"), PATH + "/discard", Map.of());
        assertThat(browser.follow(all).body()).contains("1 dead letter was discarded.", "There is no dead letter. ");
        assertThat(deadLetters()).isEmpty();
        assertThat(acts()).containsExactly("discard the dead letters with code INVALID_EMAIL_ADDRESS done",
                "discard dead letter " + first + " refused", "discard dead letter " + first + " done");
        assertThat(audit.list(null, null, 0, 3).items()).extracting(Audit.Entry::result).containsExactly("1 discarded", null,
                "1 discarded");
        assertThat(audit.list(id, null, 0, 3).items()).extracting(Audit.Entry::outcome).containsExactly("done");
    }

    @Test
    void valuesAreShownOnRequestOnlyAndAudited() {
        String id = refused("registration");
        settle();
        browser.submit(browser.get(PATH + "/" + letters().get(0)), PATH + "/" + letters().get(0) + "/reveal", Map.of());
        assertThat(audit.list(id, null, 0, 3).items()).extracting(Audit.Entry::act).containsExactly("reveal");
        assertThat(page("/console/identities/" + id)).contains("Reveal of values by 127.0.0.1: done");
        browser.submit(browser.get(PATH + "/list?code=INVALID_EMAIL_ADDRESS"), PATH + "/discard", Map.of());
        sql.update("delete from audit");

        ory.sends("registration", "{\"other\": \"<script>alert('kowalczykowa')</script>\"}");
        String letter = letters().get(0);
        HttpResponse<String> one = browser.get(PATH + "/" + letter + "?reveal=true");
        assertThat(one.body()).doesNotContain("kowalczykowa");
        assertThat(acts()).isEmpty();
        HttpResponse<String> revealed = browser.submit(one, PATH + "/" + letter + "/reveal", Map.of());
        assertThat(revealed.statusCode()).isEqualTo(200);
        assertThat(revealed.body()).contains("&lt;script&gt;alert(", "kowalczykowa").doesNotContain("<script>alert");
        assertThat(revealed.headers().firstValue("Cache-Control").orElse("")).contains("no-store");
        assertThat(acts()).containsExactly("reveal dead letter " + letter + " done");
        assertThat(page(PATH + "/" + letter)).doesNotContain("kowalczykowa");
    }

    @Test
    void htmlInAMessageIsText() {
        String id = UUID.randomUUID().toString();
        jms.send("dead-letters", session -> {
            var letter = session.createTextMessage("{\"id\":\"" + id + "\",\"event\":\"<b>x</b>\",\"code\":\"STRING_TOO_LONG\",\"message\":"
                    + "\"<script>alert(1)</script>\",\"fields\":[\"<img src=x>\"],\"attempts\":1,\"receivedAt\":\"2026-11-01T10:00:00Z\","
                    + "\"failedAt\":\"2026-11-01T10:00:00Z\",\"route\":\"sync\",\"original\":{}}");
            letter.setStringProperty("deadLetterId", id);
            letter.setStringProperty("code", "STRING_TOO_LONG");
            letter.setStringProperty("event", "<b>x</b>");
            return letter;
        });
        await().until(() -> page(PATH + "/list").contains(id));
        assertThat(page(PATH + "/" + id)).contains("&lt;script&gt;alert(1)&lt;/script&gt;").doesNotContain("<script>alert", "<b>x", "<img");
        assertThat(page(PATH + "/list") + page(PATH)).doesNotContain("<img", "<b>x", "alert(1)");
    }

    @Test
    void listsArePagedAndDownloaded() {
        IntStream.range(0, 51).forEach(i -> ory.sends("login", "{\"kowalczykowa\": " + i + "}"));
        assertThat(page(PATH + "/list?code=NO_IDENTITY")).contains("1 to 50 of 51", "offset=50");
        assertThat(page(PATH + "/list?code=NO_IDENTITY&offset=50")).contains("51 to 51 of 51");
        assertThat(page(PATH + "/list?object=Contact")).contains("No dead letter fits.");
        HttpResponse<String> file = browser.get(PATH + "/list.csv?code=NO_IDENTITY");
        assertThat(file.headers().firstValue("Content-Type").orElse("")).startsWith("text/csv");
        assertThat(file.body().lines()).hasSize(52);
        assertThat(browser.get(PATH + ".csv").body()).contains("\"NO_IDENTITY\"", "\"51\"");
        assertThat(file.body()).doesNotContain("kowalczykowa");
        assertThat(page(PATH + "?event=login")).contains("51 in all", "Show these letters",
                "href=\"/console/dead-letters/list?code=NO_IDENTITY&amp;event=login\"", "href=\"/console/dead-letters.csv?event=login\"");
        assertThat(page(PATH + "?event=recovery")).contains("No dead letter fits.", "<option value=\"recovery\" selected");
        assertThat(browser.get(PATH + ".csv?event=recovery").body().lines()).hasSize(1);
        assertThat(browser.get(PATH + "/list?identity=%3Cscript%3E").statusCode()).isEqualTo(400);
        assertThat(browser.get(PATH + "/list?offset=-1").statusCode()).isEqualTo(400);
    }

    @Test
    void whileTheLedgerDoesNotAnswerTheQueueIsShown() throws Exception {
        ory.sends("login", "{}");
        try (StuckDatabase stuck = new StuckDatabase(sql.getDataSource())) {
            assertThat(page(PATH)).contains("NO_IDENTITY", "1 in all");
            assertThat(page(PATH + "/list?code=NO_IDENTITY")).contains("1 to 1 of 1");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/replay", "/discard", "/00000000-0000-0000-0000-000000000001/discard",
        "/00000000-0000-0000-0000-000000000001/reveal"})
    void aFormOfAnotherPageIsRefused(String action) {
        ory.sends("login", "{}");
        assertThat(browser.post(PATH + action, Map.of("code", "NO_IDENTITY")).statusCode()).isEqualTo(403);
        assertThat(deadLetters()).hasSize(1);
        assertThat(acts()).isEmpty();
    }

    @Test
    void whatDoesNotExistIsSaidInPlainWords() {
        assertThat(browser.get(PATH + "/" + UUID.randomUUID()).statusCode()).isEqualTo(404);
        assertThat(browser.get(PATH + "/" + UUID.randomUUID()).body()).contains("There is no dead letter with this ID.");
        assertThat(browser.get(PATH + "/replays/" + UUID.randomUUID()).body()).contains("There is no replay with this ID");
    }

    private String refused(String event) {
        String id = UUID.randomUUID().toString();
        ObjectNode body = Ory.identity(id, Instant.now(), "Kowalczykowa");
        ((ObjectNode) body.path("identity").path("traits")).put("email", "kowalczykowa has no address");
        ory.sends(event, body);
        return id;
    }

    private String page(String path) {
        HttpResponse<String> page = browser.get(path);
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        return page.body();
    }

    private List<String> letters() {
        return deadLetters().stream().map(letter -> letter.path("id").asText()).toList();
    }

    private List<String> acts() {
        return audit.list(null, null, 0, 100).items().stream().map(entry -> entry.act() + " " + entry.target() + " " + entry.outcome())
                .toList();
    }
}
