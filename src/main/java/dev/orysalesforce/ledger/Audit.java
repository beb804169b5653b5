package dev.orysalesforce.ledger;

import dev.orysalesforce.settings.SyncSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * What operators did or tried: a table beside the ledger, which all instances share and which survives a restart. An act is
 * written before it begins, and its outcome after it has ended. No traits: identities and dead letters have their IDs, and the
 * ID of an erased identity becomes a keyed hash.
 */
@Component("audit")
public class Audit {

    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
    private static final int LONGEST_TARGET = 2_000;
    private static final int LONGEST_RESULT = 100;
    private static final int LONGEST_REASON = 1_000;

    private final JdbcClient jdbc;
    private final Tombstones tombstones;
    private final FieldHash hash;
    private final Duration retention;
    private final Clock clock;

    /** What was done, as a verb in the past. */
    public enum Kind {
        REPLAY("replayed", "Replay"), DISCARD("discarded", "Discard"), REVEAL("revealed", "Reveal of values"),
        ERASE("erased", "Erasure"), SYNC("synced", "Sync from Ory"), RESUME("resumed", "Resume of delivery"),
        COMPARE("started", "Comparison with Ory"), DIFF("compared", "Comparison of mappings"), RELOAD("reloaded", "Reload of a file"),
        TEST_ALERT("tested", "Test of an alert target"), CONFIRM("confirmed", "Confirmation of mappings"),
        TAKE_BACK("took back", "Take-back of a field");

        private final String past;
        private final String title;

        Kind(String past, String title) {
            this.past = past;
            this.title = title;
        }

        /** As the audit tells it. */
        private String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** All of them, as the audit tells them, with their names for people. */
        public static Map<String, String> titles() {
            return Stream.of(values()).collect(Collectors.toMap(Kind::label, kind -> kind.title, (one, other) -> one, LinkedHashMap::new));
        }
    }

    /** How an act ended. */
    public enum Outcome {
        DONE, REFUSED, FAILED
    }

    /**
     * @param target what it was done to, without the identity
     * @param identity the one identity that it concerns; may be null
     */
    public record Act(Kind kind, String target, String identity) {

        @Override
        public String toString() {
            return kind.past + " " + target + (identity == null ? "" : (target.endsWith("identity") ? " " : " of identity ") + identity);
        }
    }

    /**
     * @param actor the person, or the address of a caller with the operator token, or {@code files}
     * @param identity null if it concerns no single one, or one that was erased
     * @param outcome {@code done}, {@code refused} or {@code failed}; null if the app ended before the act did
     * @param result how many dead letters were replayed and left, or how many letters or events were discarded, or why an edited file
     *     was rejected; null for other acts
     */
    public record Entry(Instant at, String actor, String act, String target, String identity, String outcome, String result,
            Instant endedAt) {}

    /** @param items newest first */
    public record Page(List<Entry> items, long total) {}

    public Audit(JdbcTemplate jdbc, Tombstones tombstones, FieldHash hash, SyncSettings settings, Clock clock) {
        this.jdbc = JdbcClient.create(jdbc);
        this.tombstones = tombstones;
        this.hash = hash;
        this.retention = settings.auditRetention();
        this.clock = clock;
    }

    /**
     * Writes what is about to be done, and forgets what is older than {@code sync.audit-retention}.
     *
     * @return the ID of the entry
     * @throws DataAccessException if it can't be written; then the act must not begin
     */
    public String begin(String actor, Act act) {
        String id = UUID.randomUUID().toString();
        Instant now = clock.instant();
        jdbc.sql("delete from audit where at < :oldest").param("oldest", SqlTimestamps.text(now.minus(retention))).update();
        jdbc.sql("insert into audit (id, at, actor, act, target, identity) values (:id, :at, :actor, :act, :target, :identity)")
                .param("id", id).param("at", SqlTimestamps.text(now)).param("actor", actor)
                .param("act", act.kind().label())
                .param("target", act.target().substring(0, Math.min(act.target().length(), LONGEST_TARGET)))
                .param("identity", tombstones.isErased(act.identity()) ? hash.ofIdentity(act.identity()) : act.identity())
                .update();
        return id;
    }

    /**
     * The act has taken place, so a database that fails now does not fail it.
     *
     * @param result numbers in words, without a value of an identity; null if there are none
     */
    public void end(String id, Outcome outcome, String result) {
        try {
            jdbc.sql("update audit set outcome = :outcome, result = :result, ended_at = :at where id = :id").param("id", id)
                    .param("outcome", outcome.name().toLowerCase(Locale.ROOT)).param("result", Ledger.cut(result, LONGEST_RESULT))
                    .param("at", SqlTimestamps.text(clock.instant())).update();
        } catch (DataAccessException e) {
            LOG.warn("The audit does not tell how an act ended, because the ledger does not answer: {}", e.getClass().getSimpleName());
        }
    }

    /**
     * What has happened without an operator's request. If it can't be written, it has happened all the same.
     *
     * @param reason why an edited file was rejected, without a value of an identity; null if it was reloaded
     */
    public void note(String actor, Act act, Outcome outcome, String reason) {
        try {
            String id = begin(actor, act);
            jdbc.sql("update audit set reason = :reason where id = :id").param("reason", Ledger.cut(reason, LONGEST_REASON)).param("id", id)
                    .update();
            end(id, outcome, null);
        } catch (DataAccessException e) {
            LOG.warn("The audit does not tell that {} {}, because the ledger does not answer", actor, act);
        }
    }

    /** An identity was erased: what was done to it before stays, without its ID. */
    public void forget(String identity) {
        jdbc.sql("update audit set identity = :hash where identity = :identity").param("hash", hash.ofIdentity(identity))
                .param("identity", identity).update();
    }

    /**
     * @param identity only what concerns this identity, erased or not; null for everything
     * @param act only acts of this kind; null for all
     */
    public Page list(String identity, String act, int offset, int limit) {
        Map<String, Object> wanted = new HashMap<>();
        StringJoiner matching = new StringJoiner(" and ", " from audit where ", "").setEmptyValue(" from audit");
        if (identity != null) {
            matching.add("identity in (:identities)");
            wanted.put("identities", List.of(identity, hash.ofIdentity(identity)));
        }
        if (act != null) {
            matching.add("act = :act");
            wanted.put("act", act);
        }
        List<Entry> items = jdbc.sql("select *" + matching + " order by at desc, id limit :limit offset :offset")
                .params(wanted).param("limit", limit).param("offset", offset)
                .query((row, number) -> new Entry(SqlTimestamps.of(row.getString("at")), row.getString("actor"), row.getString("act"),
                        row.getString("target"), isHash(row.getString("identity")) ? null : row.getString("identity"),
                        row.getString("outcome"),
                        row.getString("result") == null ? row.getString("reason") : row.getString("result"),
                        SqlTimestamps.of(row.getString("ended_at"))))
                .list();
        return new Page(items, jdbc.sql("select count(*)" + matching).params(wanted)
                .query(Long.class).single());
    }

    /** The ID of an identity is a UUID. */
    private static boolean isHash(String identity) {
        return identity != null && identity.length() != 36;
    }
}
