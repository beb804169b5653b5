package dev.orysalesforce.property;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.sandbox.Call;
import dev.orysalesforce.sandbox.CallKind;
import dev.orysalesforce.sandbox.Fault;
import dev.orysalesforce.sandbox.RowError;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.sandbox.SandboxRecord;
import dev.orysalesforce.sandbox.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionTimeoutException;

/** Plays a history to an app and checks the records in Salesforce, write by write and at the end. */
final class HistoryRunner {

    private static final List<String> FIELDS = List.of("Email", "LastName", "FirstName", "Phone", "Company", "City");

    /** A Contact's company is in its Account; and its city is a field that Leads do not get. */
    private static final Set<String> LEAD_ONLY = Set.of("Company", "City");

    /** A login or look-up, a write, and the calls after a failure. */
    private static final int FELT = 4;

    private final App app;
    private final SalesforceSandbox salesforce;
    private final History history;
    private final List<String> ids = new ArrayList<>();
    private final List<Expectation> expectations = new ArrayList<>();
    private final Map<Integer, Long> untimedAt = new HashMap<>();
    private final Sales sales;
    private final AtomicInteger refused = new AtomicInteger();
    private long acceptedBefore;
    private int acceptedHere;
    private long callsBeforeTrouble = Long.MAX_VALUE;

    HistoryRunner(App app, SalesforceSandbox salesforce, History history) {
        this.app = app;
        this.salesforce = salesforce;
        this.history = history;
        for (int i = 0; i < history.people().size(); i++) {
            ids.add(UUID.randomUUID().toString());
            expectations.add(new Expectation());
        }
        sales = new Sales(salesforce.org(), ids);
        acceptedBefore = app.accepted();
    }

    void play() {
        history.steps().forEach(this::perform);
        awaitQuiescence();
        if (history.losesTheLedger()) {
            tellAgain();
        }
        judgeWrites();
        for (int person = 0; person < ids.size(); person++) {
            judge(person);
        }
    }

    private void perform(Step step) {
        if (step instanceof Step.Tell tell) {
            tell(tell.person(), history.state(tell), tell.event(), tell.verified(), tell.campaign());
        } else if (step instanceof Step.Disturb disturb) {
            trouble();
            salesforce.faults().start(disturb.trouble().fault().times(disturb.calls()));
        } else if (step instanceof Step.Refuse refuse) {
            trouble();
            refuse(refuse);
        } else if (step instanceof Step.Feel) {
            awaitShortly(() -> refused.get() > 0 || app.pending() == 0);
        } else if (step instanceof Step.ExpireTokens) {
            salesforce.org().expireTokens();
        } else if (step instanceof Step.Heal) {
            heal();
        } else if (step instanceof Step.Correct correct) {
            awaitQuiescence();
            correct(correct.person(), correct.field());
        } else if (step instanceof Step.Note note) {
            SandboxRecord record = sales.record(note.person());
            if (record != null) {
                expectations.get(note.person()).noted(sales.type(record, "Title"));
            }
        } else if (step instanceof Step.Convert convert) {
            if (sales.convert(convert.person(), convert.carryingTheId())) {
                expectations.get(convert.person()).converted();
            }
        } else if (step instanceof Step.Merge merge) {
            awaitQuiescence();
            SandboxRecord winner = sales.merge(merge.person(), merge.intoAStranger());
            if (winner != null) {
                FIELDS.forEach(field -> expectations.get(merge.person()).corrected(field, winner.text(field)));
                expectations.get(merge.person()).noted(null);
            }
        } else if (step instanceof Step.Delete delete) {
            awaitQuiescence();
            sales.delete(delete.person());
        } else if (step instanceof Step.Replay) {
            app.replay();
        } else if (step instanceof Step.Kill kill) {
            kill(kill);
        }
    }

    private void tell(int person, State state, String event, boolean verified, String campaign) {
        if (!state.timed() && history.losesTheLedger()) {
            // Without the ledger, only whole seconds tell one time of receipt from another.
            await().until(() -> Instant.now().getEpochSecond() > untimedAt.getOrDefault(person, 0L));
            untimedAt.put(person, Instant.now().getEpochSecond());
        }
        assertThat(app.ory().sends(event, state.body(ids.get(person), verified, campaign)).statusCode()).isEqualTo(204);
        expectations.get(person).accepted(state, verified, event);
        acceptedHere++;
    }

    private void refuse(Step.Refuse refuse) {
        String id = ids.get(refuse.person());
        refused.set(0);
        salesforce.faults().refuseRows(row -> id.equals(row.identity()) && refused.incrementAndGet() > 0,
                new RowError(refuse.code(), "refused"), refuse.rows());
    }

    private void correct(int person, String field) {
        SandboxRecord record = sales.record(person);
        if (record != null && (record.object().equals("Lead") || !LEAD_ONLY.contains(field))) {
            expectations.get(person).corrected(field, sales.type(record, field));
        }
    }

    private void kill(Step.Kill kill) {
        if (kill.duringACall()) {
            salesforce.faults().start(Fault.latency(Duration.ofMillis(500)).on(CallKind.UPSERT, CallKind.UPDATE));
            awaitShortly(() -> salesforce.calls().inFlight() > 0 || app.pending() == 0);
        }
        app.kill();
        if (kill.losingTheLedger()) {
            awaitShortly(() -> salesforce.calls().inFlight() == 0);
            app.deleteLedger();
            for (int person = 0; person < ids.size(); person++) {
                expectations.get(person).lostLedger(sales.lostLedger(person));
            }
        }
        app.start();
        acceptedBefore = 0;
        acceptedHere = 0;
    }

    private void trouble() {
        callsBeforeTrouble = Math.min(callsBeforeTrouble, salesforce.calls().count());
    }

    /** Not before the app has noticed it: Ory sends faster than a busy machine starts batches. */
    private void heal() {
        long felt = callsBeforeTrouble == Long.MAX_VALUE ? 0 : callsBeforeTrouble + FELT;
        awaitShortly(() -> salesforce.calls().count() >= felt || app.pending() == 0);
        salesforce.faults().clear();
        callsBeforeTrouble = Long.MAX_VALUE;
    }

    private static void awaitShortly(Callable<Boolean> condition) {
        try {
            await().atMost(Duration.ofSeconds(1)).pollInterval(Duration.ofMillis(5)).until(condition);
        } catch (ConditionTimeoutException e) {
            // then it continues nevertheless
        }
    }

    /** Salesforce works, the journal is empty, no dead letter waits, and the counters balance. */
    private void awaitQuiescence() {
        heal();
        waitUntilNothingIsPending();
        for (int times = 0; app.deadLetters() > 0; times++) {
            assertThat(times).as("replays that did not help").isLessThan(10);
            app.replay();
            waitUntilNothingIsPending();
        }
        await("balanced counters").until(app::imbalance, imbalance -> imbalance == 0);
        assertThat(app.accepted() - acceptedBefore).as("accepted").isEqualTo(acceptedHere);
    }

    private void waitUntilNothingIsPending() {
        try {
            await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20)).until(() -> app.pending() == 0);
        } catch (ConditionTimeoutException e) {
            List<Call> calls = salesforce.calls().all();
            throw new AssertionError(app.pending() + " events stay in the journal; the last calls were "
                    + calls.subList(Math.max(0, calls.size() - 10), calls.size()));
        }
    }

    /** Like reconcile after the loss of the ledger: the newest state of all people is sent again. */
    private void tellAgain() {
        for (int person = 0; person < ids.size(); person++) {
            Expectation expectation = expectations.get(person);
            if (expectation.isKnown()) {
                tell(person, expectation.newestState(), "settings", expectation.newestIsVerified(), null);
            }
        }
        awaitQuiescence();
    }

    private void judgeWrites() {
        assertThat(salesforce.org().duplicatedIdentities()).as("more than one record").isEmpty();
        assertThat(salesforce.calls().violations()).as("forbidden calls").isEmpty();
        for (Write write : salesforce.writes().all()) {
            int person = sales.owner(write);
            assertThat(person).as("whose record is it: %s", write).isNotNegative();
            assertThat(write.identity()).as("Ory ID in the record of person %d after %s", person, write)
                    .isEqualTo(sales.identity(write));
            Expectation expectation = expectations.get(person);
            FIELDS.forEach(field -> {
                String name = write.object().equals("Contact") && field.equals("City") ? "MailingCity" : field;
                if (write.fields().containsKey(name)) {
                    Set<String> right = expectation.at(write.version(), field);
                    if (write.operation() == Write.Operation.CREATE && field.equals("Company")) {
                        right.add(Expectation.STOP_GAP);
                    }
                    assertThat(right).as("%s in %s of person %d", field, write, person)
                            .contains((String) write.fields().get(name));
                }
            });
        }
    }

    private void judgeOrder(int person) {
        List<Write> all = salesforce.writes().where(write -> sales.owner(write) == person);
        long split = sales.unknownSince(person);
        List.of(all.stream().filter(write -> write.sequence() <= split).toList(),
                all.stream().filter(write -> write.sequence() > split).toList()).forEach(writes -> {
                    assertThat(writes).as("created twice")
                            .filteredOn(write -> write.operation() == Write.Operation.CREATE).hasSizeLessThan(2);
                    assertThat(writes.stream().map(Write::version).toList()).as("older after newer in %s", writes)
                            .isSorted();
                });
    }

    private void judge(int person) {
        judgeOrder(person);
        Expectation expectation = expectations.get(person);
        List<SandboxRecord> records = salesforce.org().byIdentity(ids.get(person)).stream()
                .filter(record -> !record.is("IsConverted")).toList();
        if (sales.isGone(person)) {
            assertThat(records).as("records of person %d, whose record is gone", person).isEmpty();
            assertThat(salesforce.writes().where(write -> sales.owner(write) == person))
                    .as("writes of person %d, whose record is gone", person)
                    .allMatch(write -> write.sequence() <= sales.goneSince(person));
            return;
        }
        SandboxRecord record = sales.record(person);
        assertThat(record != null).as("a record of person %d", person).isEqualTo(expectation.isKnown());
        assertThat(records).as("records of person %d", person).allMatch(found -> found.id().equals(record.id()));
        if (expectation.isKnown()) {
            FIELDS.stream().filter(field -> record.object().equals("Lead") || !LEAD_ONLY.contains(field))
                    .forEach(field -> assertThat(expectation.of(field)).as("what may be in %s of person %d, who was %s; writes: %s", field,
                            person, expectation, salesforce.writes().where(write -> sales.owner(write) == person))
                            .contains(record.text(field)));
            assertThat(record.text("Title")).as("note on person %d", person).isEqualTo(expectation.note());
        }
    }
}
