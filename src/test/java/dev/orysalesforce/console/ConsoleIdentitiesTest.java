package dev.orysalesforce.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.ledger.Audit;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.reconcile.ReconcileTest;
import dev.orysalesforce.sandbox.Fault;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.context.TestPropertySource;

/** A person without a shell finds out why an identity is missing in Salesforce, and fixes it. */
@TestPropertySource(properties = "test.context=reconcile")
@ExtendWith(OutputCaptureExtension.class)
class ConsoleIdentitiesTest extends ReconcileTest {

    @Autowired
    private Audit audit;

    private Browser browser;

    @BeforeEach
    void loggedIn() {
        sql.update("delete from audit");
        browser = new Browser(port);
        browser.logIn(OPERATOR_TOKEN);
    }

    @Test
    void anIdentityIsFoundByItsAddressAndSynced(CapturedOutput log) {
        String address = "pat.kowalczykowa@example.org";
        String id = ORY.project().add(Map.of("email", address, "name", Map.of("last", "Kowalczykowa")));
        HttpResponse<String> found = search(address);
        assertThat(found.statusCode()).as("no redirect: the address is in no URL").isEqualTo(200);
        assertThat(found.body()).contains("/console/identities/" + id, "No event of it was processed yet.", "None is known.");

        HttpResponse<String> page = browser.get("/console/identities/" + id);
        assertThat(page.body()).contains("The app knows nothing of this identity", "Sync now");
        HttpResponse<String> synced = browser.submit(page, "/console/identities/" + id + "/sync", Map.of());
        assertThat(Browser.location(synced)).isEqualTo("/console/identities/" + id);
        assertThat(browser.follow(synced).body()).contains("Its present state at Ory is in the journal.");
        settle();

        String told = browser.get("/console/identities/" + id).body();
        String link = SALESFORCE.url() + "/" + record(id).id();
        assertThat(told).contains("Salesforce has the state of its last event.", "href=\"" + link + "\"", "The app has created it.",
                "LastName", "mappings/", "Sync from Ory by 127.0.0.1: done",
                "The app created the record.", "Salesforce has what the app sent.")
                .containsSubsequence("The app read the state of this identity at Ory, which mappings/", "The app created the record.",
                        "Salesforce has what the app sent.", "The app last sent ")
                .doesNotContainIgnoringCase("kowalczykowa");
        assertThat(told).containsPattern("The app last sent [^<]*LastName[^<]*\\.")
                .containsPattern("<code>LastName</code>\\s*last sent at <time ");
        assertThat(search(record(id).id()).body()).contains("/console/identities/" + id, "href=\"" + link + "\"", ">synced<");
        assertThat(log.getAll()).doesNotContainIgnoringCase("kowalczykowa");
        assertThat(acts()).as("a search is not an act").containsExactly("sync identity done");
    }

    @Test
    void aRejectedIdentityTellsWhy() {
        String id = ORY.project().add(Map.of("email", "no address", "name", Map.of("first", "Pat", "last", "Kowalczykowa")));
        ory.sends("registration", hook(id));
        settle();
        String page = browser.get("/console/identities/" + id).body();
        assertThat(page).contains("became a dead letter", "INVALID_EMAIL_ADDRESS", "<h2>Dead letters</h2>", "The app has written none.",
                "The app received an event of this identity (registration), which mappings/",
                "The event became a dead letter (INVALID_EMAIL_ADDRESS).")
                .doesNotContain("Kowalczykowa", "no address");
        String letter = page.replaceAll("(?s).*href=\"(/console/dead-letters/[^\"]+)\".*", "$1");
        assertThat(browser.get(letter).body()).contains("<h1>Dead letter</h1>", id);
    }

    @Test
    void aReplayTogetherWithOthersIsInTheTimeline() {
        String id = ORY.project().add(Map.of("email", "no address", "name", Map.of("last", "Kowalczykowa")));
        ory.sends("registration", hook(id));
        settle();
        String path = "/console/identities/" + id;
        assertThat(browser.get(path).body()).contains("discarded a dead letter of it alone.", "href=\"/console/audit?act=replay\"",
                "href=\"/console/dead-letters/list?identity=" + id + "\"").doesNotContain("was replayed from its dead letter");
        new Operator(port, OPERATOR_TOKEN).post("/api/dead-letters/replay", "{\"code\":\"INVALID_EMAIL_ADDRESS\"}");
        settle();
        await().untilAsserted(() -> assertThat(browser.get(path).body()).containsSubsequence(
                "The event became a dead letter (INVALID_EMAIL_ADDRESS).", "The event was replayed from its dead letter.",
                "The event became a dead letter (INVALID_EMAIL_ADDRESS).").contains("are in the audit without their identities"));
    }

    @Test
    void aFirstEventThatWaitsIsTold() {
        String id = ORY.project().add(person("Kowalczykowa"));
        SALESFORCE.faults().start(Fault.unavailable());
        ory.sends("registration", hook(id));
        assertThat(browser.get("/console/identities/" + id).body()).contains("An event of it waits for delivery.",
                "Its first event waits for delivery.").doesNotContain("class=\"timeline\"");
        SALESFORCE.faults().clear();
    }

    @Test
    void aLongResultSaysThatMoreMayExist() {
        String address = "team@example.org";
        for (int i = 0; i < 50; i++) {
            ORY.project().add(Map.of("email", address, "name", Map.of("last", "Kowalczykowa")));
        }
        assertThat(search(address).body()).contains("answer with the first 50 at most");
        assertThat(search("no-such.person@example.org").body()).doesNotContain("answer with the first");
    }

    @Test
    void theResultIsDownloadedWithoutTraits() {
        String id = ORY.project().add(person("Kowalczykowa"));
        ory.sends("registration", hook(id));
        settle();
        HttpResponse<String> file = browser.submit(search(id), "/console/identities/csv", Map.of());
        assertThat(file.headers().firstValue("Content-Disposition")).contains("attachment; filename=\"identities.csv\"");
        assertThat(file.body())
                .startsWith("\"identity\",\"object\",\"salesforceId\",\"link\",\"outcome\",\"code\"\r\n\"" + id + "\",\"Lead\",\"00Q")
                .endsWith(",\"synced\",\"\"\r\n").doesNotContain("Kowalczykowa", "@example.org");
    }

    @Test
    void eraseNeedsTheIdOnceMore() {
        String id = ORY.project().add(person("Kowalczykowa"));
        ory.sends("registration", hook(id));
        settle();
        HttpResponse<String> page = browser.get("/console/identities/" + id);
        String erase = "/console/identities/" + id + "/erase";
        assertThat(browser.follow(browser.submit(page, erase, Map.of("confirm", UUID.randomUUID().toString()))).body())
                .contains("Nothing was erased");
        assertThat(acts()).isEmpty();
        assertThat(browser.post(erase, Map.of("confirm", id)).statusCode()).as("a forged form").isEqualTo(403);

        assertThat(browser.follow(browser.submit(page, erase, Map.of("confirm", " " + id.toUpperCase() + " "))).body())
                .contains("The request to erase it is in the journal.");
        settle();
        assertThat(acts()).containsExactly("erase identity done");
        await().untilAsserted(() -> assertThat(browser.get("/console/identities/" + id).body())
                .contains("This identity was erased at <time ", "The app ignores each event of it", "Erasure by 127.0.0.1: done")
                .doesNotContain("Sync now", "The app knows nothing of this identity"));
        assertThat(search(id).body()).contains("It was erased.").doesNotContain("No event of it was processed yet.");
    }

    @Test
    void whatCanNotBeFoundIsToldInWords() {
        assertThat(browser.get("/console/identities").body()).contains("<h1>Identities</h1>", "maxlength=\"320\"");
        assertThat(search("no-such.person@example.org").body()).contains("There is no such identity.");
        assertThat(search("<script>alert(1)</script>").body()).contains("role=\"alert\"", "a whole e-mail address")
                .doesNotContain("<script>alert");
        SALESFORCE.faults().start(Fault.unavailable());
        assertThat(search("no-such.person@example.org").body()).contains("Salesforce was not asked, so more may exist",
                "Nothing was found where the app could ask.", "href=\"/console/dead-letters\"")
                .doesNotContain("There is no such identity.");
        ORY.unplug();
        assertThat(search("no-such.person@example.org").body()).contains("Neither Ory nor Salesforce could be asked.");
        ORY.plugIn();
        assertThat(browser.get("/console/identities/kowalczykowa").statusCode()).isEqualTo(400);
        assertThat(browser.get("/console/identities?q=pat@example.org").body()).as("only a form searches")
                .doesNotContain("pat@example.org");
    }

    private HttpResponse<String> search(String text) {
        return browser.submit(browser.get("/console/identities"), "/console/identities", Map.of("q", text));
    }

    private List<String> acts() {
        return audit.list(null, null, 0, 100).items().stream().map(entry -> entry.act() + " " + entry.target() + " " + entry.outcome())
                .toList();
    }
}
