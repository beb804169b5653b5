package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.Ory;
import dev.orysalesforce.ledger.StuckDatabase;
import dev.orysalesforce.sandbox.Fault;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.activemq.artemis.api.core.management.ResourceNames;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.AutowireCapableBeanFactory;

/** The index of dead letters beside the ledger: groups, and how replays ended. */
class DeadLetterIndexTest extends OperatorTest {

    private static final String GROUPS = "/api/dead-letters/groups";

    @Autowired
    private EmbeddedActiveMQ broker;

    @Autowired
    private DeadLetterIndexer indexer;

    @Autowired
    private AutowireCapableBeanFactory beans;

    @BeforeEach
    void anIndexInStep() {
        sql.update("delete from dead_letters where replay is not null");
        awaitRows(0);
        await().until(indexer::isInStep);
    }

    @Test
    void deadLettersAreGroupedByCodeWithPlainWordsAndRemedy() {
        List<String> ids = IntStream.range(0, 3).mapToObj(i -> refused("Kowalczykowa")).toList();
        ory.sends("login", "{\"other\": \"kowalczykowa\"}");
        settle();
        JsonNode groups = get(GROUPS);
        assertThat(groups.path("total").asInt()).isEqualTo(4);
        assertThat(groups.path("items")).extracting(group -> group.path("code").asText() + " " + group.path("count").asInt())
                .containsExactly("INVALID_EMAIL_ADDRESS 3", "NO_IDENTITY 1");
        JsonNode group = groups.path("items").get(0);
        assertThat(group.path("meaning").asText()).isEqualTo("Salesforce does not accept the e-mail address.");
        assertThat(group.path("remedy").asText()).as("that of sync.errors")
                .startsWith("Salesforce rejects this address; correct it at Ory");
        assertThat(Instant.parse(group.path("first").asText())).isBeforeOrEqualTo(Instant.parse(group.path("last").asText()));
        assertThat(groups.path("items").get(1).path("remedy").asText()).contains("identity.traits");
        assertThat(groups.toString() + rows()).doesNotContainIgnoringCase("kowalczykowa");
        assertThat(rows()).contains(ids).contains("Email", "registration", "Lead");
        assertThat(get(GROUPS + "?identity=" + ids.get(0)).path("total").asInt()).isEqualTo(1);
        assertThat(get(GROUPS + "?event=login").path("total").asInt()).isEqualTo(1);
        assertThat(get(GROUPS + "?object=Lead").path("total").asInt()).isEqualTo(3);
        assertThat(get("/api/dead-letters?object=Lead&event=registration").path("total").asInt()).isEqualTo(3);
        assertProblem(operator.get(GROUPS + "?object=x%27%20OR%201=1"), 400, "BAD_REQUEST");
    }

    /** The broker would read all letters from its disk to find some of them. */
    @Test
    void lettersAreShownFromTheIndexWithoutReadingTheQueue() {
        String id = refused("Kowalczykowa");
        String letter = letterOf(id);
        settle();
        JsonNode before = get("/api/dead-letters/" + letter);
        assertThat(get("/api/dead-letters").path("items").get(0)).isEqualTo(before);
        assertThat(get("/api/identities/" + id).path("deadLetters").get(0)).isEqualTo(before);
        assertThat(before.path("message").asText()).isNotEmpty();
        assertThat(rows()).doesNotContainIgnoringCase("kowalczykowa");
        sql.update("update dead_letters set message = 'as the index knows it'");
        for (String path : List.of("/api/dead-letters", "/api/dead-letters?limit=1&identity=" + id, "/api/dead-letters/" + letter,
                "/api/identities/" + id)) {
            assertThat(operator.get(path).body()).as(path).contains("as the index knows it").doesNotContainIgnoringCase("kowalczykowa");
        }
        assertThat(operator.get("/api/dead-letters/" + letter + "?reveal=true").body()).contains("Kowalczykowa");
        assertThat(operator.get("/api/identities/" + id + "?reveal=true").body()).contains("Kowalczykowa");
    }

    /** An older version of the app has noted it; the queue still tells everything. */
    @Test
    void aLetterThatTheIndexKnowsInPartIsReadFromTheQueue() {
        String letter = letterOf(refused("Older"));
        settle();
        JsonNode whole = get("/api/dead-letters/" + letter);
        sql.update("update dead_letters set message = null, version_at = null");
        assertThat(get("/api/dead-letters/" + letter)).isEqualTo(whole);
        assertThat(get("/api/dead-letters").path("items").get(0)).isEqualTo(whole);
        restarted().check();
        assertThat(sql.queryForObject("select message from dead_letters where version_at is not null", String.class))
                .isEqualTo(whole.path("message").asText());
    }

    @Test
    void whatIsDiscardedLeavesTheIndexAtOnce() {
        operator.delete("/api/dead-letters/" + letterOf(refused("One")));
        assertThat(get(GROUPS).path("total").asInt()).isZero();
        refused("Two");
        settle();
        operator.delete("/api/dead-letters?code=INVALID_EMAIL_ADDRESS");
        assertThat(get(GROUPS).path("total").asInt()).isZero();
        assertThat(rows()).isEqualTo("[]");
    }

    @Test
    void theIdOfAnErasedIdentityDoesNotStay() {
        SALESFORCE.org().schema("Lead").alter("LastName", rule -> rule.withLength(3));
        String id = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(id, START, "TooLong"));
        String letter = letterOf(id);
        settle();
        assertThat(replay("{\"ids\":[\"" + letter + "\"]}").path("replayed").asInt()).isEqualTo(1);
        settle();
        awaitRows(1);
        assertThat(rows()).contains(id);
        assertThat(operator.delete("/api/identities/" + id).statusCode()).isEqualTo(202);
        assertThat(rows()).doesNotContain(id);
        settle();
        assertThat(get(GROUPS).path("total").asInt()).isZero();
        assertThat(rows()).doesNotContain(id);
    }

    @Test
    void aLostIndexIsRebuiltFromTheQueue() {
        IntStream.range(0, 3).forEach(i -> refused("Lost"));
        settle();
        awaitRows(3);
        String before = rows();
        sql.update("delete from dead_letters");
        awaitRows(3);
        assertThat(rows()).isEqualTo(before);
        sql.update("insert into dead_letters (id, code, fields, attempts, expires_at) values ('gone', 'GONE', '', 0, 0)");
        await().until(() -> !rows().contains("GONE"));
    }

    /** The counts are equal, so that only a comparison of the letters finds it; there is one after each start. */
    @Test
    void anIndexWithOtherLettersIsRebuilt() {
        refused("Other");
        settle();
        awaitRows(1);
        sql.update("update dead_letters set id = 'other'");
        restarted().check();
        assertThat(rows()).doesNotContain("other").contains(letterIds().get(0));
    }

    @Test
    void lettersThatTheBrokerMovesLeaveTheIndex() throws Exception {
        refused("Moved");
        settle();
        awaitRows(1);
        String moved = letterIds().get(0);
        broker.getActiveMQServer().getManagementService().invokeOperation(ResourceNames.QUEUE + "dead-letters", "moveMessages",
                new Object[] {null, "identity-changes"}, null);
        settle();
        await().untilAsserted(() -> assertThat(rows()).doesNotContain(moved).contains(letterIds().get(0)));
        assertThat(get(GROUPS).path("total").asInt()).isEqualTo(1);
    }

    /** Two instances share the index. */
    @Test
    void twoRebuildsAtOnceAreHarmless() {
        IntStream.range(0, 20).forEach(i -> refused("Shared"));
        settle();
        awaitRows(20);
        sql.update("delete from dead_letters");
        List<Thread> both = IntStream.range(0, 2).mapToObj(i -> new Thread(restarted()::check)).toList();
        both.forEach(Thread::start);
        both.forEach(DeadLetterIndexTest::join);
        assertThat(sql.queryForList("select id from dead_letters", String.class)).containsExactlyInAnyOrderElementsOf(letterIds());
    }

    @Test
    void whileTheLedgerDoesNotAnswerTheQueueIsReadAndWebhooksGoOn() throws Exception {
        refused("Before");
        settle();
        try (StuckDatabase stuck = new StuckDatabase(sql.getDataSource())) {
            assertThat(ory.sends("login", "{}").statusCode()).isEqualTo(400);
            assertThat(get(GROUPS).path("items")).extracting(group -> group.path("code").asText())
                    .containsExactlyInAnyOrder("INVALID_EMAIL_ADDRESS", "NO_IDENTITY");
        }
        awaitRows(2);
        await().until(indexer::isInStep);
    }

    @Test
    void aReplayTellsHowItEnded() {
        SALESFORCE.org().schema("Lead").alter("LastName", rule -> rule.withLength(3));
        String fixed = UUID.randomUUID().toString();
        ory.sends("registration", Ory.identity(fixed, START, "TooLong"));
        String still = refused("Bad");
        settle();
        SALESFORCE.org().schema("Lead").alter("LastName", rule -> rule.withLength(80));
        SALESFORCE.faults().start(Fault.unavailable());
        String ending = replayed("{\"object\":\"Lead\",\"event\":\"registration\"}", 2);
        JsonNode waiting = get(ending);
        assertThat(waiting.path("waiting").asInt()).isEqualTo(2);
        assertThat(waiting.path("ended")).isEmpty();
        assertThat(get(GROUPS).path("total").asInt()).isZero();
        SALESFORCE.faults().clear();
        settle();
        await().untilAsserted(() -> assertThat(get(ending).path("ended").toString()).isEqualTo("{\"dead-letter\":1,\"synced\":1}"));
        JsonNode ended = get(ending);
        assertThat(ended.path("replayed").asInt()).isEqualTo(2);
        assertThat(ended.path("waiting").asInt() + ended.path("unknown").asInt()).isZero();
        assertThat(Instant.parse(ended.path("at").asText())).isBefore(Instant.now());
        assertThat(get(GROUPS + "?identity=" + still).path("total").asInt()).isEqualTo(1);
        assertThat(record(fixed).text("LastName")).isEqualTo("TooLong");
        assertProblem(operator.get("/api/dead-letters/replays/" + UUID.randomUUID()), 404, "UNKNOWN_REPLAY");
        assertProblem(operator.get("/api/dead-letters/replays/x"), 404, "UNKNOWN_REPLAY");
    }

    @Test
    void onlyWhatMatchesTheFilterIsReplayed() {
        String one = refused("One");
        refused("Two");
        ory.sends("settings", withBadAddress(Ory.identity(UUID.randomUUID().toString(), START, "Three")));
        settle();
        replayed("{\"code\":\"INVALID_EMAIL_ADDRESS\",\"identity\":\"" + one.toUpperCase() + "\"}", 1);
        replayed("{\"event\":\"settings\"}", 1);
        replayed("{\"object\":\"Contact\"}", 0);
        settle();
        assertProblem(operator.post("/api/dead-letters/replay", "{\"code\":\"X\",\"all\":true}"), 400, "BAD_REQUEST");
        assertProblem(operator.post("/api/dead-letters/replay", "{\"event\":\"x' OR 1=1\"}"), 400, "BAD_REQUEST");
        assertThat(get("/api/audit").path("items")).anySatisfy(entry -> {
            assertThat(entry.path("target").asText()).isEqualTo("the dead letters with code INVALID_EMAIL_ADDRESS");
            assertThat(entry.path("identity").asText()).isEqualTo(one);
        });
    }

    private String replayed(String body, int count) {
        HttpResponse<String> answer = operator.post("/api/dead-letters/replay", body);
        assertThat(answer.body()).isEqualTo("{\"replayed\":" + count + ",\"left\":0}");
        return answer.headers().firstValue("Location").orElseThrow();
    }

    /** As another instance, or the app after a restart. */
    private DeadLetterIndexer restarted() {
        return beans.createBean(DeadLetterIndexer.class);
    }

    private List<String> letterIds() {
        return deadLetters().stream().map(letter -> letter.path("id").asText()).toList();
    }

    private String rows() {
        return sql.queryForList("select * from dead_letters order by id").toString();
    }

    private void awaitRows(int count) {
        await().untilAsserted(() -> assertThat(sql.queryForObject("select count(*) from dead_letters where replay is null", Integer.class))
                .isEqualTo(count));
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
