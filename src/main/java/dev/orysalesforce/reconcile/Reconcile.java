package dev.orysalesforce.reconcile;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.JournalLoss;
import dev.orysalesforce.journal.Queues;
import dev.orysalesforce.ledger.Activity;
import dev.orysalesforce.ledger.Activity.Count;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.ledger.OneWayLedger;
import dev.orysalesforce.ledger.Tombstones;
import dev.orysalesforce.reconcile.ReconcileRun.Phase;
import dev.orysalesforce.salesforce.CallBudget;
import dev.orysalesforce.salesforce.Login;
import dev.orysalesforce.salesforce.PersonObject;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.OnMissing;
import dev.orysalesforce.sync.DeliveryPause;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.apache.camel.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Compares all identities at Ory with the ledger and with Salesforce, one page at a time. The route gets the next step,
 * executes it, and reports its result; the position is in the database before the next step.
 */
@Component("reconcile")
public class Reconcile {

    private static final Logger LOG = LoggerFactory.getLogger(Reconcile.class);
    private static final String PAGE = "page_size=500";

    /** So many IDs make a URL of 4 KB, which every proxy accepts. */
    static final int IDS = 100;

    /** Ten million identities. */
    private static final int MOST_PAGES = 20_000;

    /** What Salesforce answers at once. After a time-out a page has half as many, for the rest of the run. */
    private static final int MOST_RECORDS = 2_000;
    private static final int FEWEST_RECORDS = 100;

    private static final Duration LEASE = Duration.ofSeconds(10);

    private final String owner = UUID.randomUUID().toString();
    private final OryAdmin ory;
    private final ReconcileSnapshot snapshot;
    private final Ledger ledger;
    private final OneWayLedger oneWays;
    private final Tombstones tombstones;
    private final Queues queues;
    private final JournalLoss journalLoss;
    private final DeliveryPause deliveryPause;
    private final CallBudget budget;
    private final ReconcileBackoff backoff;
    private final ReconcileReport report;
    private final Login login;
    private final Activity activity;
    private final SyncSettings settings;
    private final ObjectMapper json;
    private final Clock clock;
    private final AtomicReference<Instant> dueAt = new AtomicReference<>();
    private ReconcileRun run;
    private ReconcileStep step;
    private int recordsPerPage = MOST_RECORDS;
    private OryPage page;

    Reconcile(OryAdmin ory, ReconcileSnapshot snapshot, Ledger ledger, OneWayLedger oneWays, Tombstones tombstones, Queues queues,
            JournalLoss journalLoss, DeliveryPause deliveryPause, CallBudget budget, ReconcileBackoff backoff,
            ReconcileReport report, Login login, Activity activity, SyncSettings settings, ObjectMapper json, Clock clock) {
        this.ory = ory;
        this.snapshot = snapshot;
        this.ledger = ledger;
        this.oneWays = oneWays;
        this.tombstones = tombstones;
        this.queues = queues;
        this.journalLoss = journalLoss;
        this.deliveryPause = deliveryPause;
        this.budget = budget;
        this.backoff = backoff;
        this.report = report;
        this.login = login;
        this.activity = activity;
        this.settings = settings;
        this.json = json;
        this.clock = clock;
        scheduleWithin(settings.reconcile().afterStart());
    }

    /** Starts a run. False if one is in progress, or there is no Admin API. */
    public synchronized boolean start() {
        boolean begun = ory.isSet() && snapshot.begin(clock.instant());
        if (begun) {
            dueAt.set(null);
            backoff.over();
            recordsPerPage = MOST_RECORDS;
            LOG.info("Comparing all identities at Ory with Salesforce");
        }
        return begun;
    }

    /** Starts a run, or has another one follow that in progress. False if there is no Admin API. */
    public synchronized boolean startOrFollow() {
        if (!start() && ory.isSet()) {
            dueAt.set(clock.instant());
        }
        return ory.isSet();
    }

    /**
     * Ory sent an empty body, so it has lost an event. A webhook's thread calls this and must not wait for a page in
     * progress.
     */
    public void afterEmptyBody() {
        scheduleWithin(settings.reconcile().afterEmptyBody());
    }

    private void scheduleWithin(Duration pause) {
        Instant then = clock.instant().plus(pause);
        if (!settings.reconcile().every().isZero()) {
            dueAt.accumulateAndGet(then, (due, other) -> due == null || other.isBefore(due) ? other : due);
        }
    }

    /** @return null if there is nothing to do now */
    public synchronized ReconcileStep next() {
        step = null;
        page = null;
        if (!ory.isSet()) {
            return null;
        }
        run = snapshot.run().orElse(null);
        report.see(run, false);
        if (run == null || !run.isRunning()) {
            if (isDue()) {
                start();
            }
            return null;
        }
        if (snapshot.lease(owner, clock.instant(), LEASE) && !backoff.isPausing()) {
            step = nextStep();
        }
        return step;
    }

    private boolean isDue() {
        Duration every = settings.reconcile().every();
        Instant due = dueAt.get();
        return due != null && !clock.instant().isBefore(due)
                || run != null && !every.isZero() && !clock.instant().isBefore(run.startedAt.plus(every));
    }

    private ReconcileStep nextStep() {
        return switch (run.phase) {
            case PROJECT -> {
                List<String> newest = snapshot.newest(IDS);
                yield newest.isEmpty() ? go(Phase.LIST) : byIds(newest);
            }
            case LIST -> queues.depth(Queues.JOURNAL).orElse(0) >= settings.reconcile().queueLimit() ? null
                    : ReconcileStep.ory(run.position == null ? PAGE : PAGE + "&page_token="
                            + URLEncoder.encode(run.position, StandardCharsets.UTF_8), List.of());
            case CONTACTS, LEADS, ACCOUNTS -> isSalesforceDown() || budget.isThrottled() ? null
                    : ReconcileStep.salesforce(SalesforcePage.query(run.phase, run.position, recordsPerPage));
            case CONVERTED -> {
                List<String> leftBehind = snapshot.leftBehind(run.position, IDS);
                yield leftBehind.isEmpty() ? go(Phase.MISSING) : byIds(leftBehind);
            }
            case MISSING -> {
                List<String> notListed = snapshot.notListed(run.startedAt, run.position, IDS);
                yield notListed.isEmpty() ? settleMissing() : byIds(notListed);
            }
            case ERASE -> {
                boolean marks = settings.onMissing() == OnMissing.MARK;
                List<String> missing = marks ? snapshot.unmarkedSince(run.startedAt, run.position, IDS)
                        : snapshot.missingSince(run.startedAt, run.position, IDS);
                yield missing.isEmpty() ? done() : marks ? ReconcileStep.mark(missing) : ReconcileStep.erase(missing);
            }
        };
    }

    private boolean isSalesforceDown() {
        return deliveryPause.isPaused() && !backoff.isAboutSetUp(deliveryPause.code());
    }

    private ReconcileStep go(Phase phase) {
        run.go(phase);
        return nextStep();
    }

    private static ReconcileStep byIds(List<String> identities) {
        return ReconcileStep.ory(PAGE + identities.stream().map(id -> "&ids=" + id).collect(Collectors.joining()), identities);
    }

    /** Processes Ory's answer. Returns the identities that the ledger does not know at this version, for the journal. */
    public synchronized Collection<IdentityChange> listed(@Header("CamelHttpResponseCode") int status,
            @Headers Map<String, Object> headers, @Body byte[] body) {
        page = ory.read(status, headers, body);
        switch (run.phase) {
            case PROJECT -> {
                if (page.identities().size() * 2 < step.identities().size()) {
                    throw new RunFailedException("Of the " + step.identities().size() + " identities that were synced last,"
                            + " Ory knows " + page.identities().size() + ". Does ORY_ADMIN_URL lead to another project?"
                            + " Nothing was queued or erased.");
                }
                return List.of();
            }
            case LIST -> checkPage();
            default -> {}
        }
        List<IdentityChange> listed = notErased();
        snapshot.listed(listed, clock.instant());
        Map<String, LedgerEntry> known = ledger.find(page.identities().keySet());
        Set<String> awaited = oneWays.awaited(known.keySet());
        return listed.stream().filter(one -> one.isState()
                && (isNews(one, known.get(one.identityId())) || awaited.contains(one.identityId()))).toList();
    }

    /** An erased identity stays erased as long as Ory lists it. */
    private List<IdentityChange> notErased() {
        Set<String> erased = tombstones.erased(page.identities().keySet());
        tombstones.touch(erased);
        return page.identities().values().stream().filter(listed -> !erased.contains(listed.identityId())).toList();
    }

    private void checkPage() {
        if (run.position == null && page.identities().isEmpty() && snapshot.known() > 0) {
            throw new RunFailedException("Ory's Admin API lists no identity, but the ledger knows " + snapshot.known()
                    + " identities. Does ORY_ADMIN_URL lead to another project? Nothing was queued or erased.");
        }
        String token = page.token();
        if (token != null && (token.equals(run.position) || run.pages >= MOST_PAGES)) {
            throw new RunFailedException("Ory's Admin API has no last page: after " + run.pages + " pages its link leads to"
                    + " " + (token.equals(run.position) ? "the page that it came with." : "one more."));
        }
        if (token != null && !ory.isHere(page.next())) {
            run.note = "Ory's Admin API calls itself " + page.next().getHost() + " in its links. They were read, but not"
                    + " followed: the app stayed with ORY_ADMIN_URL. Correct serve.admin.base_url, or ORY_ADMIN_URL.";
        }
    }

    /**
     * An identity whose record is a converted Lead is to continue with the Contact, and one whose record is marked is back.
     * One that waits for its verification is newer once an address is verified, which does not change its date.
     */
    private static boolean isNews(IdentityChange listed, LedgerEntry known) {
        if (known == null || known.seen() == null || known.isLeftBehind() || known.isMarked()) {
            return true;
        }
        int later = listed.version().at().compareTo(known.seen().at());
        return known.isUnknownTo(listed) || later > 0 || later == 0 && listed.version().verified() > known.seen().verified();
    }

    /** The page is in the journal. */
    public synchronized void queued(int many) {
        run.queued += many;
        switch (run.phase) {
            case PROJECT -> run.go(Phase.LIST);
            case LIST -> {
                run.seen += page.identities().size();
                run.pages++;
                run.position = page.token();
                if (run.position == null) {
                    run.listedSince = run.startedAt;
                    readSalesforce();
                }
            }
            case CONVERTED -> run.position = step.identities().get(step.identities().size() - 1);
            default -> {
                List<String> missing = step.identities().stream()
                        .filter(id -> !page.identities().containsKey(id)).toList();
                snapshot.missing(missing, clock.instant());
                run.missing = (run.position == null ? 0 : run.missing) + missing.size();
                run.position = step.identities().get(step.identities().size() - 1);
            }
        }
        remember();
    }

    private void readSalesforce() {
        run.readingSince = clock.instant();
        run.go(Phase.CONTACTS);
        if (!snapshot.isAnybodyThere() && run.queued == 0) {
            readSalesforceWhole();
        }
    }

    private void readSalesforceWhole() {
        run.readSince = run.readingSince;
        run.gone = snapshot.goneSince(run.readSince);
        run.go(Phase.CONVERTED);
    }

    /** Processes Salesforce's answer. */
    public synchronized void read(String body) {
        SalesforcePage answer = SalesforcePage.read(body, recordsPerPage, login.user(), json);
        if (answer.next() != null && answer.next().equals(run.position)) {
            throw new RetryLaterException("Salesforce answered with the page before. A proxy in between?", null);
        }
        snapshot.read(answer.versions(), clock.instant());
        snapshot.converted(answer.conversions());
        run.position = answer.next();
        if (run.position == null && run.phase == Phase.CONTACTS) {
            run.go(Phase.LEADS);
        } else if (run.position == null && run.phase == Phase.LEADS && ledger.has(PersonObject.PERSON_ACCOUNT.title())) {
            run.go(Phase.ACCOUNTS);
        } else if (run.position == null) {
            readSalesforceWhole();
        }
        remember();
    }

    private ReconcileStep settleMissing() {
        if (run.position == null) {
            run.missing = 0;
        }
        if (run.missing == 0 || settings.onMissing() == OnMissing.REPORT) {
            return done();
        }
        boolean marks = settings.onMissing() == OnMissing.MARK;
        long missing = marks ? snapshot.unmarkedSince(run.startedAt) : run.missing;
        if (missing > settings.eraseLimit() * snapshot.known()) {
            run.note = "Ory no longer has " + missing + " of " + snapshot.known() + " identities. That is more than"
                    + " sync.erase-limit, so none of them was " + (marks ? "marked" : "erased")
                    + ". If it is right, raise the limit for one run.";
            return done();
        }
        return go(Phase.ERASE);
    }

    /** The erasures, or the events that mark records, are in the journal. */
    public synchronized void erased() {
        run.position = step.identities().get(step.identities().size() - 1);
        remember();
    }

    private ReconcileStep done() {
        run.end(run.isSalesforceStale() ? "failed" : "done", clock.instant(), run.isSalesforceStale() ? run.note : null);
        snapshot.forget(run.startedAt);
        tombstones.purge();
        journalLoss.compared(run.startedAt);
        backoff.over();
        save();
        LOG.info("Compared {} identities: {} queued, {} missing at Ory, {} records gone in Salesforce{}", run.seen,
                run.queued, run.missing, run.gone, run.note == null ? "" : ". " + run.note);
        return null;
    }

    private void remember() {
        run.error = null;
        backoff.over();
        save();
    }

    private void save() {
        report.see(run, !run.isRunning()); // first: a reader who sees that it has ended must find its numbers
        snapshot.save(run, owner);
        if (!run.isRunning()) {
            activity.compared(run.startedAt, run.state, run.error(), Map.of(Count.SEEN, run.seen, Count.QUEUED, run.queued,
                    Count.MISSING, run.missing, Count.GONE, run.gone));
        }
    }

    /** The step failed: it is repeated after a pause, or the run ends. */
    public synchronized void failed(Exception failure) {
        if (run == null || !run.isRunning()) {
            return; // the database failed before the run had begun
        }
        if (backoff.isEnd(failure)) {
            run.end("failed", clock.instant(), backoff.reason());
        } else {
            run.error = backoff.reason();
            if (step != null && step.kind().equals("salesforce")) {
                salesforceFailed();
            }
        }
        save();
    }

    /** A page that Salesforce can't answer in time gets smaller; what Ory no longer has is found without Salesforce. */
    private void salesforceFailed() {
        if (backoff.isTimeOut() && recordsPerPage > FEWEST_RECORDS) {
            recordsPerPage = Math.max(FEWEST_RECORDS, recordsPerPage / 2);
        } else if (backoff.isRefusedForGood()) {
            run.note = "Ory's half was compared. Salesforce's half is that of "
                    + (run.readSince == null ? "no run yet" : "the run of " + run.readSince) + ": " + backoff.reason();
            run.error = null;
            run.go(Phase.MISSING);
            backoff.over();
        }
    }
}
