package dev.orysalesforce.reconcile;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.Queues;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.ledger.Tombstones;
import dev.orysalesforce.reconcile.Run.Phase;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.OnMissing;
import dev.orysalesforce.sync.CallBudget;
import dev.orysalesforce.sync.Outage;
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
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.apache.camel.Headers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Compares all identities at Ory with the ledger and with Salesforce, one page at a time. The route asks what comes next,
 * does it, and tells what came of it; how far it has come is in the database before the next step.
 */
@Component("reconcile")
public class Reconcile {

    private static final Logger LOG = LoggerFactory.getLogger(Reconcile.class);
    private static final String PAGE = "page_size=500";

    /** So many IDs make a URL that every proxy takes: 4 KB. */
    private static final int IDS = 100;

    /** Ten million identities. */
    private static final int MOST_PAGES = 20_000;

    private static final Duration LEASE = Duration.ofSeconds(10);

    private final String owner = UUID.randomUUID().toString();
    private final OryAdmin ory;
    private final Sightings sightings;
    private final Ledger ledger;
    private final Tombstones tombstones;
    private final Queues queues;
    private final Outage outage;
    private final CallBudget budget;
    private final Interruption interruption;
    private final SyncSettings settings;
    private final ObjectMapper json;
    private final Clock clock;
    private Instant dueAt;
    private Run run;
    private Step step;
    private OryPage page;

    Reconcile(OryAdmin ory, Sightings sightings, Ledger ledger, Tombstones tombstones, Queues queues, Outage outage,
            CallBudget budget, Interruption interruption, SyncSettings settings, ObjectMapper json, Clock clock) {
        this.ory = ory;
        this.sightings = sightings;
        this.ledger = ledger;
        this.tombstones = tombstones;
        this.queues = queues;
        this.outage = outage;
        this.budget = budget;
        this.interruption = interruption;
        this.settings = settings;
        this.json = json;
        this.clock = clock;
        soon(settings.reconcile().afterStart());
    }

    /** Somebody asks for a run. False if one is on its way, or there is no Admin API to ask. */
    public synchronized boolean start() {
        boolean begun = ory.isSet() && sightings.begin(clock.instant());
        if (begun) {
            dueAt = null;
            interruption.over();
            LOG.info("Comparing all identities at Ory with Salesforce");
        }
        return begun;
    }

    /** Ory sent an empty body, so it has lost an event. */
    public synchronized void afterEmptyBody() {
        soon(settings.reconcile().afterEmptyBody());
    }

    private void soon(Duration pause) {
        Instant then = clock.instant().plus(pause);
        if (!settings.reconcile().every().isZero() && (dueAt == null || then.isBefore(dueAt))) {
            dueAt = then;
        }
    }

    /** @return null if there is nothing to do at the moment */
    public synchronized Step next() {
        step = null;
        page = null;
        if (!ory.isSet()) {
            return null;
        }
        run = sightings.run().orElse(null);
        if (run == null || !run.isRunning()) {
            if (isDue()) {
                start();
            }
            return null;
        }
        if (sightings.lease(owner, clock.instant(), LEASE) && !interruption.isPausing()) {
            step = nextStep();
        }
        return step;
    }

    private boolean isDue() {
        Duration every = settings.reconcile().every();
        return dueAt != null && !clock.instant().isBefore(dueAt)
                || run != null && !every.isZero() && !clock.instant().isBefore(run.startedAt.plus(every));
    }

    private Step nextStep() {
        return switch (run.phase) {
            case PROJECT -> {
                List<String> newest = sightings.newest(IDS);
                yield newest.isEmpty() ? go(Phase.LIST) : ask(newest);
            }
            case LIST -> queues.depth(Queues.JOURNAL) >= settings.reconcile().queueLimit() ? null
                    : Step.ory(run.position == null ? PAGE : PAGE + "&page_token="
                            + URLEncoder.encode(run.position, StandardCharsets.UTF_8), List.of());
            case CONTACTS, LEADS -> outage.isPausing() || budget.isResting() ? null
                    : Step.salesforce(run.position == null ? SalesforcePage.first(run.phase) : run.position);
            case MISSING -> {
                List<String> notListed = sightings.notListed(run.startedAt, run.position, IDS);
                yield notListed.isEmpty() ? settleMissing() : ask(notListed);
            }
            case ERASE -> {
                List<String> missing = sightings.missingSince(run.startedAt, run.position, IDS);
                yield missing.isEmpty() ? done() : Step.erase(missing);
            }
        };
    }

    private Step go(Phase phase) {
        run.go(phase);
        return nextStep();
    }

    private static Step ask(List<String> identities) {
        return Step.ory(PAGE + identities.stream().map(id -> "&ids=" + id).collect(Collectors.joining()), identities);
    }

    /** Ory has answered. Returns what the ledger does not know yet, for the journal. */
    public synchronized Collection<IdentityChange> listed(@Header("CamelHttpResponseCode") int status,
            @Headers Map<String, Object> headers, @Body byte[] body) {
        page = OryPage.read(status, headers, body, json, clock.instant());
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
            default -> { }
        }
        List<IdentityChange> listed = notErased();
        sightings.listed(listed, clock.instant());
        Map<String, LedgerEntry> known = ledger.find(page.identities().keySet());
        return listed.stream().filter(one -> one.isUsable() && isNews(one, known.get(one.identityId()))).toList();
    }

    /** Who was erased stays so as long as Ory lists them. */
    private List<IdentityChange> notErased() {
        Set<String> erased = tombstones.erased(page.identities().keySet());
        tombstones.touch(erased);
        return page.identities().values().stream().filter(listed -> !erased.contains(listed.identityId())).toList();
    }

    private void checkPage() {
        if (run.position == null && page.identities().isEmpty() && sightings.known() > 0) {
            throw new RunFailedException("Ory's Admin API lists nobody, but the ledger knows " + sightings.known()
                    + " identities. Does ORY_ADMIN_URL lead to another project? Nothing was queued or erased.");
        }
        String token = page.token();
        if (token != null && (token.equals(run.position) || run.pages >= MOST_PAGES)) {
            throw new RunFailedException("Ory's Admin API comes to no end: after " + run.pages + " pages its link leads to"
                    + " " + (token.equals(run.position) ? "the page that it came with." : "one more."));
        }
        if (token != null && !ory.isHere(page.next())) {
            run.note = "Ory's Admin API calls itself " + page.next().getHost() + " in its links. They were read, but not"
                    + " followed: the app stayed with ORY_ADMIN_URL. Correct serve.admin.base_url, or ORY_ADMIN_URL.";
        }
    }

    /** An identity that waits for its verification is news once an address is verified, which moves no date. */
    private static boolean isNews(IdentityChange listed, LedgerEntry known) {
        if (known == null || known.seen() == null) {
            return true;
        }
        int later = listed.version().at().compareTo(known.seen().at());
        return later > 0 || later == 0 && listed.version().verified() > known.seen().verified();
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
            default -> {
                List<String> missing = step.identities().stream()
                        .filter(id -> !page.identities().containsKey(id)).toList();
                sightings.missing(missing, clock.instant());
                run.missing = (run.position == null ? 0 : run.missing) + missing.size();
                run.position = step.identities().get(step.identities().size() - 1);
            }
        }
        remember();
    }

    private void readSalesforce() {
        run.readingSince = clock.instant();
        run.go(Phase.CONTACTS);
        if (!sightings.isAnybodyThere() && run.queued == 0) {
            readSalesforceWhole();
        }
    }

    private void readSalesforceWhole() {
        run.readSince = run.readingSince;
        run.gone = sightings.goneSince(run.readSince);
        run.go(Phase.MISSING);
    }

    /** Salesforce has answered. */
    public synchronized void read(String body) {
        SalesforcePage answer = SalesforcePage.read(body, json);
        sightings.read(answer.versions(), clock.instant());
        run.position = answer.next();
        if (run.position == null && run.phase == Phase.CONTACTS) {
            run.go(Phase.LEADS);
        } else if (run.position == null) {
            readSalesforceWhole();
        }
        remember();
    }

    private Step settleMissing() {
        if (run.position == null) {
            run.missing = 0;
        }
        if (run.missing == 0 || settings.onMissing() == OnMissing.REPORT) {
            return done();
        }
        if (run.missing > settings.eraseLimit() * sightings.known()) {
            run.note = "Ory has no more " + run.missing + " of " + sightings.known() + " identities. That is more than"
                    + " sync.erase-limit, so none of them was erased. If it is right, raise the limit for one run.";
            return done();
        }
        return go(Phase.ERASE);
    }

    /** They are in the journal. */
    public synchronized void erased() {
        run.position = step.identities().get(step.identities().size() - 1);
        remember();
    }

    private Step done() {
        run.end("done", clock.instant(), null);
        sightings.forget(run.startedAt);
        tombstones.purge();
        remember();
        LOG.info("Compared {} identities: {} queued, {} missing at Ory, {} records gone in Salesforce{}", run.seen,
                run.queued, run.missing, run.gone, run.note == null ? "" : ". " + run.note);
        return null;
    }

    private void remember() {
        run.error = null;
        interruption.over();
        sightings.save(run, owner);
    }

    /** The step came to nothing: it is repeated after a pause, or the run ends. */
    public synchronized void failed(Exception failure) {
        if (run == null || !run.isRunning()) {
            return; // the database itself, before anything was begun
        }
        if (interruption.isEnd(failure)) {
            run.end("failed", clock.instant(), interruption.reason());
        } else {
            run.error = interruption.reason();
            if (interruption.isLostPlace()) {
                run.position = null;
            }
        }
        sightings.save(run, owner);
    }
}
