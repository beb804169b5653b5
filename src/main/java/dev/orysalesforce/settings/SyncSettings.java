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
 * The settings below {@code sync} in application.yaml. Their descriptions become the help of an IDE, and the table in
 * docs/configuration.md: they are plain text, and the default is that of the annotation.
 *
 * @param dataDir folder of the journal, the dead letters and the ledger; created if missing, and readable by the app's user only
 * @param linger how long the app waits for more events before it sends a single one
 * @param batchSize the largest number of events in one transaction, 200 to 20000: with more, less time passes between batches,
 *     and a new event waits longer for the batch before it
 * @param chunkSize the largest number of records in a collection call, 1 to 200 (Salesforce's limit). The app sends smaller
 *     calls by itself where the automation of the org fails with larger ones
 * @param parallelCalls collection calls to Salesforce in flight, 1 to 25 (the org's limit on calls that take longer than 20 s)
 * @param dailyCallShare share of the org's API calls in 24 hours that this app may use, above 0 to 1
 * @param maxBodySize a larger webhook body is answered 413; below 1 GB
 * @param managementHosts names under which the management port is served, besides localhost and IP addresses, e.g. the one that
 *     Prometheus uses; other names are answered 403
 * @param maxTraitsSize an identity with larger traits, or a larger part beside them, is a dead letter and not mapped; the
 *     default is what Ory's webhooks can send
 * @param maxTraitsKeys an identity whose traits, or a part beside them, have more keys, nested ones included, is a dead letter
 *     and not mapped
 * @param mappings identity schema to mapping file or Camel endpoint; the key default serves every other schema
 * @param mappingDir the folder of the mapping files: all of them have to compile, and event.* reads webhooks
 * @param mappingTimeout if a mapping takes longer for one identity, the app stops waiting and the event becomes a dead letter
 * @param reload how changed files are reloaded
 * @param gateway which records the gateway accepts
 * @param autoAssign the Sforce-Auto-Assign header
 * @param journal the journal's disk
 * @param deadLetters how long dead letters are kept, and from how many on health reports them
 * @param ledger the ledger's key
 * @param backOff pauses between tries while Salesforce can't be written to
 * @param retry when an item is retried that Salesforce has rejected for a temporary reason
 * @param writerLeaseTimeout how long another instance waits, after a failover, for the calls of the instance that was sending
 * @param onDeletedRecord what the app does if a user deleted the record in Salesforce
 * @param onMissing what the app does with identities of the ledger that Ory no longer lists: count them, mark their records with
 *     the result of sync.gone-mapping, or erase them
 * @param erase what becomes of the record of an identity that is erased: only its Ory fields are cleared, or the result of
 *     sync.gone-mapping or of sync.erased-mapping is written into it, too, or it is deleted
 * @param eraseLimit the largest share of the ledger that one run may mark or erase, 0 to 1; a run that would mark or erase more
 *     changes none
 * @param reconcile when Ory's identities are compared with the ledger
 * @param duplicates what the app does if a duplicate rule of the org rejects a record
 * @param matchEmail when the app adopts a record that has the identity's e-mail address and no Ory ID: once Ory has verified the
 *     address, at once, or never
 * @param matchSeveral what the app does with an identity whose address several records have; it adopts none of them
 * @param erasedMapping mapping file or Camel endpoint whose result is written into the record of an erased identity, if
 *     sync.erase is anonymize
 * @param goneMapping mapping file or Camel endpoint whose result is written into the record of an identity that is gone, if
 *     sync.erase or sync.on-missing is mark
 * @param oneWay fields that the app changes in one direction only, field to value, such as an opt-out: it writes this value, and
 *     never another one into an existing record. An empty value ends the rule for a field
 * @param oneWayEdit when what an edit of a mapping says of such a field waits until an operator confirms it
 * @param forwardOnly fields of children that only move forward in an order which the org defines, such as the status of a campaign
 *     member
 * @param auditRetention how long the audit keeps what operators did; above 0
 * @param activityRetention how long the activity keeps batches, comparisons, pauses and the sums of hours; above 0
 * @param doctorAtStart whether the doctor checks the set-up once after each start and logs its findings
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
        @DefaultValue List<String> managementHosts,
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
        @DefaultValue("keep") Erase erase,
        @DefaultValue("0.05") double eraseLimit,
        @DefaultValue Reconcile reconcile,
        @DefaultValue("dead-letter") Duplicates duplicates,
        @DefaultValue("verified") MatchEmail matchEmail,
        @DefaultValue("create") MatchSeveral matchSeveral,
        @DefaultValue("mappings/erased.jslt") String erasedMapping,
        @DefaultValue("mappings/gone.jslt") String goneMapping,
        Map<String, String> oneWay,
        @DefaultValue OneWayEdit oneWayEdit,
        List<ForwardOnly> forwardOnly,
        @DefaultValue("365d") Duration auditRetention,
        @DefaultValue("31d") Duration activityRetention,
        @DefaultValue("true") boolean doctorAtStart,
        @DefaultValue Errors errors) {

    private static final String RULE = "(?i)TRUE|FALSE|01Q[A-Z0-9]{12}([A-Z0-9]{3})?";

    /** Also if an application.yaml of an earlier version does not name them. */
    private static final Map<String, String> OPT_OUTS = Map.of("HasOptedOutOfEmail", "true", "HasOptedOutOfFax", "true",
            "DoNotCall", "true", "PersonHasOptedOutOfEmail", "true", "PersonHasOptedOutOfFax", "true", "PersonDoNotCall", "true");

    private static final ForwardOnly MEMBER_STATUS =
            new ForwardOnly("CampaignMember", "Status", "CampaignId", "CampaignMemberStatus", "Label",
                    "SortOrder");

    public SyncSettings {
        oneWay = oneWay == null ? OPT_OUTS : oneWay;
        forwardOnly = forwardOnly == null ? List.of(MEMBER_STATUS) : forwardOnly;
        check(dataDir != null && !dataDir.isBlank(), "sync.data-dir is empty");
        check(!mappingDir.isBlank(), "sync.mapping-dir is empty");
        check(!erasedMapping.isBlank(), "sync.erased-mapping is empty");
        check(!goneMapping.isBlank(), "sync.gone-mapping is empty");
        check(mappings != null && mappings.containsKey("default"), "sync.mappings.default is missing");
        Map.of("linger", linger, "writer-lease-timeout", writerLeaseTimeout, "dead-letters.retention", deadLetters.retention,
                "retry.initial", retry.initial, "retry.max", retry.max, "reconcile.every", reconcile.every,
                "reconcile.after-start", reconcile.afterStart, "reconcile.after-empty-body", reconcile.afterEmptyBody)
                .forEach((name, time) -> check(!time.isNegative(), "sync." + name + " is negative"));
        Map.of("audit-retention", auditRetention, "activity-retention", activityRetention, "mapping-timeout", mappingTimeout,
                "reload.poll-interval", reload.pollInterval,
                "back-off.initial", backOff.initial,
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

    /** The mapping that is asked what an erased identity leaves in its record; null if none is asked. */
    public String mappingOfErased() {
        return erase == Erase.ANONYMIZE ? erasedMapping : erase == Erase.MARK ? goneMapping : null;
    }

    /** The mapping that marks the records of identities that Ory no longer has; null if they are not marked. */
    public String mappingOfMissing() {
        return onMissing == OnMissing.MARK ? goneMapping : null;
    }

    private static void check(boolean fine, String otherwise) {
        if (!fine) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** @param pollInterval how often the app checks routes, mappings and sync.mappings for changes; above 0 */
    public record Reload(@DefaultValue("1s") Duration pollInterval) {}

    /** @param objects the objects that Actions may send as prebuilt Salesforce records, one or more */
    public record Gateway(@DefaultValue({"Lead", "Contact"}) List<String> objects) {}

    /**
     * Whether the org's assignment rules run.
     *
     * @param fresh which assignment rules run for records that do not exist yet: TRUE (the active ones), FALSE (none), or the ID of
     *     one
     * @param existing which assignment rules run for existing records: TRUE, FALSE or the ID of one. Rules would take a Lead away from
     *     the salesperson who works on it
     * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/headers_autoassign.htm">
     *     Assignment rule header</a>
     */
    public record AutoAssign(
            @Name("new") @DefaultValue("TRUE") String fresh,
            @DefaultValue("FALSE") String existing) {}

    /**
     * @param minDiskFree with less disk space than this, webhooks are answered 503 until there is room again
     * @param browseLimit if more events wait, the identity's status does not search them: pending may be null
     */
    public record Journal(@DefaultValue("256MB") DataSize minDiskFree, @DefaultValue("100000") long browseLimit) {}

    /**
     * @param retention a dead letter that is older is deleted, whatever it holds, e.g. 90d; 0: none is deleted
     * @param healthThreshold if more dead letters wait, health is DEGRADED
     */
    public record DeadLetters(@DefaultValue("0") Duration retention, @DefaultValue("10") int healthThreshold) {

        public boolean isForEver() {
            return retention.isZero();
        }
    }

    /**
     * @param key the key of the field hashes; without it, the file ledger.key in the data directory, made at the first start. Set it
     *     if several instances share a ledger
     */
    public record Ledger(String key) {

        public Ledger {
            key = key == null || key.isBlank() ? null : key;
        }
    }

    /**
     * @param initial pause after the first failed try, while Salesforce can't be written to; above 0
     * @param multiplier by which factor each further pause is longer, while Salesforce can't be written to; 1 or more
     * @param jitter share by which these pauses vary, 0 to below 1, so that several apps do not try again in the same second
     * @param max the longest pause while Salesforce can't be written to; above 0
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
     * @param initial pause before the second try of a record that Salesforce has rejected for a temporary reason
     * @param multiplier by which factor each further pause before a try of a record is longer; 1 or more
     * @param max the longest pause between two tries of a record
     * @param attempts after so many tries of a record that Salesforce rejects for a temporary reason, its event becomes a dead letter; 1 or
     *     more
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

    /**
     * @param limit for which share of the ledger's records an edit of a mapping may set one-way fields before an operator confirms it,
     *     0 to 1
     * @param atLeast for how many identities an edit of a mapping may do so in any case, however small the ledger is; 0 or more
     */
    public record OneWayEdit(
            @DefaultValue("0.01") double limit,
            @DefaultValue("10") int atLeast) {

        public OneWayEdit {
            check(limit >= 0 && limit <= 1, "sync.one-way-edit.limit is not between 0 and 1");
            check(atLeast >= 0, "sync.one-way-edit.at-least is negative");
        }
    }

    /**
     * A field of children that only moves forward. The records of another object are its values, and tell their order.
     *
     * @param object of the children
     * @param field of the children that only moves forward
     * @param parent the field, of the children and of the values, that refers to the record which has these values
     * @param values the object whose records are the values
     * @param value the field of the values that is written
     * @param order the field of the values that holds a number: a higher one is further
     * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaignmemberstatus.htm">
     *     CampaignMemberStatus</a>
     */
    public record ForwardOnly(String object, String field, String parent, String values, String value, String order) {

        public ForwardOnly {
            for (String name : new String[] {object, field, parent, values, value, order}) {
                check(name != null && name.matches("[A-Za-z]\\w*"),
                        "an entry of sync.forward-only needs object, field, parent, values, value and order, each the name of an"
                                + " object or a field");
            }
        }
    }

    /** What the app does if a user deleted the record in Salesforce. */
    public enum OnDeletedRecord { LEAVE, RECREATE }

    /** What the app does with identities of the ledger that Ory no longer lists. */
    public enum OnMissing {
        /** Count them. */
        REPORT,
        /** Write the result of the mapping {@code sync.gone-mapping} into their records, which stay linked. */
        MARK,
        /** Erase them like {@code DELETE /api/identities/{id}}. */
        ERASE
    }

    /**
     * @param every how often all identities at Ory are compared with the ledger; 0: only on request
     * @param afterStart how long after a start all identities at Ory are compared
     * @param afterEmptyBody how long after a webhook with an empty body all identities at Ory are compared, so that several cost one
     *     run
     * @param queueLimit a page is queued only while the journal holds fewer events than this; 1 or more
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
    public enum MatchSeveral {
        CREATE, DEAD_LETTER
    }

    /** What becomes of the record in Salesforce when an identity is erased. */
    public enum Erase {
        /** The record stays as it is; only the two Ory fields are cleared. */
        KEEP,
        /** The result of the mapping {@code sync.gone-mapping} is written into the record, and the Ory fields are cleared. */
        MARK,
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
     * @param byDefault for a code that is not listed
     * @param codes Salesforce status or error code to its rule; docs/salesforce-errors.md lists them
     * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm"> Status codes
     *     and error responses</a>
     */
    public record Errors(
            @Name("default") @DefaultValue Rule byDefault,
            @DefaultValue Map<String, Rule> codes) {}

    /**
     * @param action what the app does about the error
     * @param remedy what a person can do about the error, one sentence; shown in health and dead letters
     * @param when exceptions, in their order: the first one that fits wins
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
