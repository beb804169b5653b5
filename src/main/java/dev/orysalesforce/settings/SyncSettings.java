package dev.orysalesforce.settings;

import io.github.resilience4j.core.IntervalFunction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.util.unit.DataSize;

/**
 * The settings below {@code sync} in application.yaml.
 *
 * @param dataDir journal and ledger; created if missing; default {@code ./data}
 * @param linger how long the app waits for more events before it sends a single one; default 1 s
 * @param batchSize the largest number of events in one transaction: with more, less time passes between batches, and a new
 *     event waits longer for the batch before it; 200 to 20000; default 10000
 * @param chunkSize the largest number of records in a collection call, 1 to 200 (Salesforce's limit); default 200. The app sends
 *     smaller calls by itself where the automation of the org fails with larger ones
 * @param parallelCalls collection calls in flight, 1 to 25 (the org's limit on calls that take over 20 s); default 4
 * @param dailyCallShare share of the org's daily API calls that this app may use, above 0 to 1; default 0.5
 * @param maxBodySize a larger webhook body is answered 413; default 1 MB
 * @param maxTraitsSize an identity with larger traits, or a larger part beside them, is a dead letter and not mapped; default
 *     64 KB, which is what Ory's webhooks can send
 * @param maxTraitsKeys the same for the number of keys, nested ones included; default 1000
 * @param mappings identity schema to mapping file or Camel endpoint; {@code default} serves every other schema
 * @param mappingDir the folder of the mapping files: all of them have to compile, and {@code event.*} reads webhooks;
 *     default {@code mappings}
 * @param mappingTimeout if a mapping takes longer for one identity, the app stops waiting and the event becomes a dead
 *     letter; default 5 s
 * @param reload how changed files are reloaded
 * @param gateway which records the gateway accepts
 * @param autoAssign the {@code Sforce-Auto-Assign} header
 * @param journal the journal's disk
 * @param deadLetters how long dead letters are kept, and from how many on health reports them
 * @param ledger the ledger's key
 * @param backOff pauses between tries while Salesforce can't be written to
 * @param retry when an item is retried that Salesforce has rejected for a temporary reason
 * @param writerLeaseTimeout how long another instance waits, after a failover, for the calls of the instance that was
 *     sending; default 60 s
 * @param onDeletedRecord what the app does if a user deleted the record in Salesforce; default {@code leave}
 * @param onMissing what the app does with identities that Ory no longer lists; default {@code report}
 * @param eraseLimit the largest share of the ledger that one run may erase, 0 to 1; default 0.05
 * @param reconcile when Ory's identities are compared with the ledger
 * @param duplicates what the app does if a duplicate rule of the org rejects a record; default {@code dead-letter}
 * @param matchEmail which records are adopted by their e-mail address; default {@code verified}
 * @param matchSeveral what the app does with an identity that several records match; default {@code create}
 * @param erase what becomes of the record of an identity that is erased; default {@code keep}
 * @param erasedMapping mapping file or Camel endpoint whose result {@code anonymize} writes into such a record; default
 *     {@code mappings/erased.jslt}
 * @param doctorAtStart whether the doctor checks the set-up once after each start and logs its findings; default {@code
 *     true}
 * @param errors what Salesforce's error codes mean
 */
@ConfigurationProperties("sync")
public record SyncSettings(
        String dataDir,
        @DefaultValue("1s") Duration linger,
        @DefaultValue("10000") int batchSize,
        @DefaultValue("200") int chunkSize,
        @DefaultValue("4") int parallelCalls,
        @DefaultValue("0.5") double dailyCallShare,
        @DefaultValue("1MB") DataSize maxBodySize,
        @DefaultValue("64KB") DataSize maxTraitsSize,
        @DefaultValue("1000") int maxTraitsKeys,
        Map<String, String> mappings,
        @DefaultValue("mappings") String mappingDir,
        @DefaultValue("5s") Duration mappingTimeout,
        @DefaultValue Reload reload,
        @DefaultValue Gateway gateway,
        @DefaultValue AutoAssign autoAssign,
        @DefaultValue Journal journal,
        @DefaultValue DeadLetters deadLetters,
        @DefaultValue Ledger ledger,
        @DefaultValue BackOff backOff,
        @DefaultValue Retry retry,
        @DefaultValue("60s") Duration writerLeaseTimeout,
        @DefaultValue("leave") OnDeletedRecord onDeletedRecord,
        @DefaultValue("report") OnMissing onMissing,
        @DefaultValue("0.05") double eraseLimit,
        @DefaultValue Reconcile reconcile,
        @DefaultValue("dead-letter") Duplicates duplicates,
        @DefaultValue("verified") MatchEmail matchEmail,
        @DefaultValue("create") MatchSeveral matchSeveral,
        @DefaultValue("keep") Erase erase,
        @DefaultValue("mappings/erased.jslt") String erasedMapping,
        @DefaultValue("true") boolean doctorAtStart,
        @DefaultValue Errors errors) {

    private static final String RULE = "(?i)TRUE|FALSE|01Q[A-Z0-9]{12}([A-Z0-9]{3})?";

    public SyncSettings {
        check(dataDir != null && !dataDir.isBlank(), "sync.data-dir is empty");
        check(!mappingDir.isBlank(), "sync.mapping-dir is empty");
        check(!erasedMapping.isBlank(), "sync.erased-mapping is empty");
        check(mappings != null && mappings.containsKey("default"), "sync.mappings.default is missing");
        Map.of("linger", linger, "writer-lease-timeout", writerLeaseTimeout, "dead-letters.retention", deadLetters.retention,
                "retry.initial", retry.initial, "retry.max", retry.max, "reconcile.every", reconcile.every,
                "reconcile.after-start", reconcile.afterStart, "reconcile.after-empty-body", reconcile.afterEmptyBody)
                .forEach((name, time) -> check(!time.isNegative(), "sync." + name + " is negative"));
        Map.of("mapping-timeout", mappingTimeout, "reload.poll-interval", reload.pollInterval, "back-off.initial", backOff.initial,
                "back-off.max", backOff.max)
                .forEach((name, time) -> check(time.toMillis() > 0, "sync." + name + " has to be above 0"));
        check(chunkSize >= 1 && chunkSize <= 200, "sync.chunk-size has to be 1 to 200");
        check(batchSize >= 200 && batchSize <= 20_000, "sync.batch-size has to be 200 to 20000");
        check(parallelCalls >= 1 && parallelCalls <= 25, "sync.parallel-calls has to be 1 to 25");
        check(dailyCallShare > 0 && dailyCallShare <= 1, "sync.daily-call-share has to be above 0 and at most 1");
        check(eraseLimit >= 0 && eraseLimit <= 1, "sync.erase-limit has to be 0 to 1");
        check(maxBodySize.toBytes() > 0 && maxBodySize.toMegabytes() < 1024, "sync.max-body-size has to be below 1 GB");
        check(maxTraitsSize.toBytes() > 0, "sync.max-traits-size has to be above 0");
        check(maxTraitsKeys > 0, "sync.max-traits-keys has to be above 0");
        check(!gateway.objects.isEmpty(), "sync.gateway.objects is empty");
        check(gateway.objects.stream().allMatch(object -> object.matches("[A-Za-z]\\w*")),
                "sync.gateway.objects has to name objects, e.g. Lead");
        check(autoAssign.fresh.matches(RULE), "sync.auto-assign.new has to be TRUE, FALSE or the ID of a rule");
        check(autoAssign.existing.matches(RULE), "sync.auto-assign.existing has to be TRUE, FALSE or the ID of a rule");
        check(!journal.minDiskFree.isNegative(), "sync.journal.min-disk-free is negative");
        check(deadLetters.healthThreshold >= 0, "sync.dead-letters.health-threshold is negative");
        check(backOff.multiplier >= 1, "sync.back-off.multiplier is below 1");
        check(backOff.jitter >= 0 && backOff.jitter < 1, "sync.back-off.jitter has to be 0 to 1");
        check(retry.multiplier >= 1, "sync.retry.multiplier is below 1");
        check(retry.attempts >= 1, "sync.retry.attempts is below 1");
        check(reconcile.queueLimit >= 1, "sync.reconcile.queue-limit is below 1");
    }

    private static void check(boolean fine, String otherwise) {
        if (!fine) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** @param pollInterval how often the app checks routes, mappings and {@code sync.mappings} for changes; default 1 s */
    public record Reload(@DefaultValue("1s") Duration pollInterval) {}

    /** @param objects the objects that the gateway accepts, one or more; default Lead and Contact */
    public record Gateway(@DefaultValue({"Lead", "Contact"}) List<String> objects) {}

    /**
     * Whether the org's assignment rules run: {@code TRUE}, {@code FALSE} or the ID of a rule.
     *
     * @param fresh property {@code new}: for records that do not exist yet; default TRUE
     * @param existing for existing records; default FALSE, because rules would take a Lead away from the salesperson who
     *     works on it
     * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_autoassign.htm">
     *     Assignment rule header</a>
     */
    public record AutoAssign(
            @Name("new") @DefaultValue("TRUE") String fresh,
            @DefaultValue("FALSE") String existing) {}

    /** @param minDiskFree with less disk space than this, webhooks are answered 503; default 256 MB */
    public record Journal(@DefaultValue("256MB") DataSize minDiskFree) {}

    /**
     * @param retention a dead letter that is older is deleted, whatever it holds; default 0: none is deleted
     * @param healthThreshold if more dead letters wait, health is {@code DEGRADED}; default 10
     */
    public record DeadLetters(@DefaultValue("0") Duration retention, @DefaultValue("10") int healthThreshold) {

        public boolean isForEver() {
            return retention.isZero();
        }
    }

    /**
     * @param key the key of the field hashes; default: the file {@code ledger.key} in the data directory, made at the first
     *     start. Set it if several instances share a ledger
     */
    public record Ledger(String key) {

        public Ledger {
            key = key == null || key.isBlank() ? null : key;
        }
    }

    /**
     * @param initial pause after the first failure; default 2 s
     * @param multiplier each further pause is this much longer; default 2.5
     * @param jitter share by which a pause varies, 0 to 1; default 0.2
     * @param max no pause is longer; default 60 s
     */
    public record BackOff(
            @DefaultValue("2s") Duration initial,
            @DefaultValue("2.5") double multiplier,
            @DefaultValue("0.2") double jitter,
            @DefaultValue("60s") Duration max) {

        /** @param attempt the number of failures in succession, 1 or more */
        public Duration pauseAfter(int attempt) {
            return Duration.ofMillis(IntervalFunction.ofExponentialRandomBackoff(initial, multiplier, jitter, max).apply(attempt));
        }
    }

    /**
     * @param initial pause before the second try; default 15 s
     * @param multiplier each further pause is this much longer; default 3
     * @param max no pause is longer; default 10 min
     * @param attempts after so many tries it becomes a dead letter, 1 or more; default 6
     */
    public record Retry(
            @DefaultValue("15s") Duration initial,
            @DefaultValue("3") double multiplier,
            @DefaultValue("10m") Duration max,
            @DefaultValue("6") int attempts) {

        /** @param attempt the number of tries so far, 1 or more */
        public Duration pauseAfter(int attempt) {
            return Duration.ofMillis((long) Math.min(max.toMillis(),
                    initial.toMillis() * Math.pow(multiplier, attempt - 1)));
        }
    }

    /** What the app does if a user deleted the record in Salesforce. */
    public enum OnDeletedRecord { LEAVE, RECREATE }

    /** What the app does with identities of the ledger that Ory no longer lists. */
    public enum OnMissing {
        /** Count them. */
        REPORT,
        /** Erase them like {@code DELETE /api/identities/{id}}. */
        ERASE
    }

    /**
     * @param every how often all identities are compared; 0: only on request; default 24 h
     * @param afterStart how long after a start; default 5 s
     * @param afterEmptyBody how long after a webhook with an empty body, so that several cost one run; default 30 s
     * @param queueLimit a page is queued only while the journal holds fewer events than this; default 2,000
     */
    public record Reconcile(
            @DefaultValue("24h") Duration every,
            @DefaultValue("5s") Duration afterStart,
            @DefaultValue("30s") Duration afterEmptyBody,
            @DefaultValue("2000") int queueLimit) {}

    /** Whether the app adopts a record that has the identity's e-mail address and no Ory ID. */
    public enum MatchEmail {
        /**
         * Only if Ory has verified the address. Until then nothing is written, because the address may belong to another
         * person.
         */
        VERIFIED,
        /**
         * Whether or not Ory has verified the address. A person who registers with another's address gets that person's
         * record.
         */
        ALWAYS,
        /** The app does not search by e-mail; it treats a registration as new without a query to Salesforce. */
        NEVER
    }

    /** What the app does if several records have the identity's e-mail address. It adopts none of them. */
    public enum MatchSeveral { CREATE, DEAD_LETTER }

    /** What becomes of the record in Salesforce when an identity is erased. */
    public enum Erase {
        /** The record stays as it is; only the two Ory fields are cleared. */
        KEEP,
        /**
         * The result of the mapping {@code sync.erased-mapping} is written into the record, and the Ory fields are cleared.
         */
        ANONYMIZE,
        /** The record is deleted; the run-as user needs the permission for that. */
        DELETE
    }

    /** What the app does if a duplicate rule of the org rejects a record. */
    public enum Duplicates {
        /** The event becomes a dead letter that names the matching records. */
        DEAD_LETTER,
        /**
         * The app adopts the record that matches: its empty fields are filled, the others stay. This applies only if there
         * is one match, it belongs to no other identity and is not converted, and Ory has verified the address.
         */
        ADOPT,
        /** The app overrides rules in alert mode; rules in block mode still reject. */
        ALLOW;

        /** For the {@code Sforce-Duplicate-Rule-Header}. */
        public boolean isAllowed() {
            return this == ALLOW;
        }
    }

    /**
     * @param byDefault property {@code default}: for a code that is not listed; default {@code dead-letter}
     * @param codes Salesforce status or error code to its rule
     * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"> Status codes
     *     and error responses</a>
     */
    public record Errors(
            @Name("default") @DefaultValue Rule byDefault,
            @DefaultValue Map<String, Rule> codes) {}

    /**
     * @param action what the app does; default {@code dead-letter}
     * @param remedy what a person can do about it, one sentence; shown in health and dead letters
     * @param when exceptions, in their order: the first one that fits wins; default none
     */
    public record Rule(@DefaultValue("dead-letter") Action action, String remedy, @DefaultValue List<Case> when) {}

    /**
     * A case of a code that asks for another action.
     *
     * @param message a regular expression that is found somewhere in Salesforce's message, in upper or lower case; default any
     *     message. Names of the API and of Apex classes are the same in each language, other words are not
     * @param in {@code row}: the error is the result of one record; {@code deletion}: of one to delete; {@code call}: of a
     *     whole call; default any
     * @param action what the app does
     * @param remedy what a person can do about it; default the code's
     */
    public record Case(String message, Level in, Action action, String remedy) {

        public Case {
            check(action != null, "an entry below sync.errors.codes.….when has no action");
            try {
                Pattern.compile(message == null ? "" : message);
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException("sync.errors.codes.….when: " + message + " is not a regular expression: "
                        + e.getDescription());
            }
        }
    }

    /** The place of an error in Salesforce's answer. */
    public enum Level {
        /** The result of a record that was to be written or deleted. */
        ROW,
        /** The result of a record that was to be deleted. */
        DELETION,
        /** Of a whole call. */
        CALL
    }

    /** What the app does about an error of Salesforce. */
    public enum Action {
        /** Roll the batch back, keep the order, try again after a pause. */
        PAUSE,
        /** The cause is temporary: retry this record alone later. */
        RETRY,
        /** The call is too large for the org's automation: send its records in smaller calls. A dead letter if it fails alone. */
        SPLIT,
        /** Ask the describe: pause the object if the run-as user may not write it, else a dead letter. */
        CHECK_ACCESS,
        /** All records of the object wait; the other objects go on. */
        PAUSE_OBJECT,
        /** The Lead was converted: continue with its Contact. */
        FOLLOW_CONVERSION,
        /** The record is gone: continue with the one that it was merged into. */
        FOLLOW_MERGE,
        /** The record refers to another one that does not exist: omit the reference. */
        DROP_REFERENCE,
        /** Omit the fields that Salesforce names. */
        DROP_FIELD,
        /** Truncate the fields that Salesforce names to their length in the org. */
        TRUNCATE,
        /** A duplicate rule of the org rejects the record: apply {@code sync.duplicates}. */
        RESOLVE_DUPLICATE,
        /** The org's set-up lacks something: pause if all records of a call fail this way, else a dead letter. */
        PAUSE_UNTIL_FIXED,
        /** The event waits for a person; the others continue. */
        DEAD_LETTER
    }
}
