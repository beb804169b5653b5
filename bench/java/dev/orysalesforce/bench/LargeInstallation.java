package dev.orysalesforce.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;

/** What an app holds that has run for a long time: dead letters of several kinds, identities, activity and audit. */
final class LargeInstallation {

    private static final int IN_FLIGHT = 64;
    private static final int MINUTES = 43_200;
    private static final int ACTS = 20_000;

    private static final String TIME = "strftime('%Y-%m-%dT%H:%M:%S', 'now', '-' || (i * 2) || ' seconds') || '.000000000Z'";
    private static final String UUID_TEXT = "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)"
            + " || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))";
    private static final String FIELDS = "'{' || " + String.join(" || ',' || ", List.of("FirstName", "LastName", "Email", "Company", "Phone",
            "City").stream().map(field -> "'\"" + field + "\":\"' || hex(randomblob(11)) || '\"'").toList()) + " || '}'";

    private static final String IDENTITIES = "insert into identities (identity, object, salesforce_id, found_by, version_at,"
            + " version_verified, version_received, seen_at, seen_verified, written_at, fields, event, received_at, trigger_id, mapping,"
            + " outcome, code, message, attempts)" + numbers() + " select " + UUID_TEXT
            + ", case i % 5 when 0 then 'Contact' else 'Lead' end, case i % 50 when 1 then null else '00Q' || printf('%015d', i) end,"
            + " case i % 7 when 0 then 'email' else 'created' end, " + TIME + ", 1, " + TIME + ", " + TIME + ", 1, " + TIME + ", " + FIELDS
            + ", case i % 3 when 0 then 'settings' else 'registration' end, " + TIME + ", " + UUID_TEXT
            + ", 'mappings/lead.jslt@01234567', case i % 50 when 1 then 'skipped' when 2 then 'unchanged' else 'synced' end,"
            + " case i % 50 when 1 then 'NOTHING_TO_CALL_IT' end, case i % 50 when 1 then 'The mapping made no record.' end, 1 from n";

    private static final String SIGHTINGS = "insert into sightings (identity, listed_at, ory_at, ory_verified, read_at, salesforce_at)"
            + " select identity, received_at, version_at, 1, received_at, version_at from identities where version_at is not null";

    private static final String COUNTS = "batches, millis, calls, accepted, synced, unchanged, superseded, skipped, retried, dead_lettered,"
            + " seen, queued, missing, gone";

    private LargeInstallation() {
    }

    /** Sends events that become dead letters, each kind by its own way, until so many are in the queue. */
    static void addDeadLetters(Candidate app, String operatorToken, int count) throws Exception {
        HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        long deadline = System.nanoTime() + Duration.ofHours(1).toNanos();
        for (long missing = count; missing > 0; missing = count - settled(app, http, operatorToken)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(missing + " events have not become dead letters");
            }
            send(app, http, missing);
        }
    }

    private static void send(Candidate app, HttpClient http, long count) throws InterruptedException {
        Semaphore room = new Semaphore(IN_FLIGHT);
        for (int i = 0; i < count; i++) {
            room.acquire();
            int kind = i % 20;
            String event = kind < 10 ? "registration" : kind < 13 ? "settings" : "login";
            http.sendAsync(HttpRequest.newBuilder(URI.create(app.url("/webhooks/ory/" + event))).timeout(Duration.ofSeconds(60))
                    .header("Content-Type", "application/json").header("X-Webhook-Secret", Candidate.SECRET)
                    .POST(BodyPublishers.ofString(body(kind))).build(), BodyHandlers.discarding())
                    .whenComplete((answer, failure) -> room.release());
        }
        room.acquire(IN_FLIGHT);
    }

    /** Waits until the journal is empty. */
    private static long settled(Candidate app, HttpClient http, String operatorToken) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(app.url("/api/status"))).header("Authorization", "Bearer " + operatorToken)
                .build();
        JsonNode status;
        do {
            Thread.sleep(500);
            status = new ObjectMapper().readTree(http.send(request, BodyHandlers.ofString()).body());
        } while (status.at("/balance/pending").asLong() > 0);
        return status.path("deadLetters").asLong();
    }

    /** Rejected by Salesforce; without traits, while there is no Admin API; without an ID; unreadable. */
    private static String body(int kind) {
        String id = UUID.randomUUID().toString();
        return switch (kind) {
            case 13, 14, 15, 16 -> "{\"identity\":{\"id\":\"%1$s\"}}".formatted(id);
            case 17, 18 -> "{\"email\":\"p-%1$s@example.org\",\"name\":\"Pat Example\"}".formatted(id);
            case 19 -> "{\"identity\":{\"traits\":{\"email\":\"p-%1$s@example.org\"".formatted(id);
            default -> """
                    {"identity":{"id":"%1$s","schema_id":"customer","created_at":"%2$s","updated_at":"%2$s",\
                    "traits":{"email":"%1$s has no address","name":{"first":"Pat","last":"Example"}}}}""".formatted(id, Instant.now());
        };
    }

    /** Adds what the other tables hold, in one transaction. The app must have stopped. */
    static void fill(Path ledger, int identities) throws SQLException {
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + ledger);
                Statement statement = database.createStatement()) {
            database.setAutoCommit(false);
            statement.executeUpdate(limited(IDENTITIES, identities));
            statement.executeUpdate(SIGHTINGS);
            statement.executeUpdate(limited(activity("batches", "'batches ' || i || ' bench'", "60"), MINUTES));
            statement.executeUpdate("delete from activity where kind = 'hour'");
            statement.executeUpdate(limited(activity("hour", "'hour ' || i || ' bench'", "3600"), MINUTES / 60));
            statement.executeUpdate(limited(activity("comparison", "'comparison ' || i || ' bench'", "86400"), 30));
            statement.executeUpdate(limited("insert into audit (id, at, actor, act, target, identity, outcome, ended_at)" + numbers()
                    + " select " + UUID_TEXT + ", " + TIME + ", '192.0.2.' || (i % 200), case i % 4 when 0 then 'replay' when 1 then"
                    + " 'discard' when 2 then 'reveal' else 'sync' end, 'dead letters ' || " + UUID_TEXT + " || ', ' || " + UUID_TEXT
                    + ", case i % 4 when 3 then " + UUID_TEXT + " end, 'done', " + TIME + " from n", ACTS));
            database.commit();
        }
    }

    private static String numbers() {
        return " with recursive n (i) as (select 1 union all select i + 1 from n where i < :most)";
    }

    private static String limited(String sql, int most) {
        return sql.replace(":most", String.valueOf(most));
    }

    private static String activity(String kind, String id, String seconds) {
        String at = "strftime('%Y-%m-%dT%H:%M:%S', 'now', '-' || (i * " + seconds + ") || ' seconds') || '.000000000Z'";
        return "insert into activity (id, kind, at, ended_at, " + COUNTS + ")" + numbers() + " select " + id + ", '" + kind + "', " + at
                + ", " + at + ", 12, 8400, 24, 700, 600, 60, 5, 5, 1, 1, 0, 0, 0, 0 from n";
    }

    /** Some identities of the ledger. */
    static List<String> someIdentities(Path ledger, int count) throws SQLException {
        try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + ledger);
                Statement statement = database.createStatement();
                var rows = statement.executeQuery("select identity from identities where salesforce_id is not null limit " + count)) {
            List<String> found = new java.util.ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        }
    }
}
