package dev.orysalesforce.property;

import dev.orysalesforce.sandbox.Org;
import dev.orysalesforce.sandbox.SandboxRecord;
import dev.orysalesforce.sandbox.Write;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The changes of sales to people's records, and where those records are since. */
final class Sales {

    /** The number of records that the app follows in a batch. */
    private static final int FOLLOWED = 2;

    private final Org org;
    private final List<String> ids;
    private final Map<String, Integer> owners = new HashMap<>();
    private final Map<Integer, String> moved = new HashMap<>();
    private final Map<Integer, Integer> moves = new HashMap<>();
    private final Map<Integer, Long> goneSince = new HashMap<>();
    private final Map<Integer, Long> unknownSince = new HashMap<>();
    private int typed;

    Sales(Org org, List<String> ids) {
        this.org = org;
        this.ids = ids;
    }

    /** The record of a person; null if there is none. */
    SandboxRecord record(int person) {
        if (isGone(person)) {
            return null;
        }
        return moved.containsKey(person) ? org.record(moved.get(person))
                : org.byIdentity(ids.get(person)).stream().findFirst().orElse(null);
    }

    boolean isGone(int person) {
        return goneSince.containsKey(person);
    }

    /** After how many writes the person's record was deleted, or merged into another identity's. */
    long goneSince(int person) {
        return goneSince.get(person);
    }

    /** After how many writes the app lost the person's record, so that it may create a new one; 0 if it never did. */
    long unknownSince(int person) {
        return unknownSince.getOrDefault(person, 0L);
    }

    /** The owner of the written record. */
    int owner(Write write) {
        return owners.getOrDefault(write.recordId(), ids.indexOf(write.identity()));
    }

    /** The Ory ID that a record has to carry once the app has written to it. */
    String identity(Write write) {
        return ids.get(owner(write));
    }

    /** @return what was typed */
    String type(SandboxRecord record, String field) {
        String value = "Typed " + ++typed;
        org.edit(record.id(), Map.of(field, value));
        return value;
    }

    /** @return whether there was a Lead to be converted */
    boolean convert(int person, boolean carryingTheId) {
        SandboxRecord lead = record(person);
        if (lead == null || !lead.object().equals("Lead") || !mayMove(person, lead)) {
            return false;
        }
        String contact = org.convertLead(lead.id(), carryingTheId);
        move(person, contact);
        return true;
    }

    /**
     * @param intoAStranger whether the record that is kept belongs to another identity, so that this one has none any more
     * @return the person's record after that; null if there is none
     */
    SandboxRecord merge(int person, boolean intoAStranger) {
        SandboxRecord loser = record(person);
        if (loser == null || !mayMove(person, loser)) {
            return null;
        }
        Map<String, Object> fields = new HashMap<>(Map.of("LastName", "Typed " + ++typed, "Phone", "Typed " + ++typed));
        if (loser.object().equals("Lead")) {
            fields.put("Company", "Typed " + ++typed);
        }
        if (intoAStranger) {
            fields.put("Ory_Identity_Id__c", UUID.randomUUID().toString());
        }
        SandboxRecord winner = org.record(org.insert(loser.object(), fields));
        org.merge(winner.id(), loser.id());
        if (intoAStranger) {
            goneSince.put(person, org.writes().count());
            return null;
        }
        move(person, winner.id());
        return winner;
    }

    void delete(int person) {
        SandboxRecord record = record(person);
        if (record != null && mayMove(person, record)) {
            org.delete(record.id());
            goneSince.put(person, org.writes().count());
        }
    }

    /**
     * The app has lost its ledger.
     *
     * @return whether nothing in Salesforce tells any more where the person's record went
     */
    boolean lostLedger(int person) {
        SandboxRecord record = record(person);
        String identity = record == null ? null : record.identity();
        boolean vanished = (isGone(person) || moved.containsKey(person)) && org.byIdentity(ids.get(person)).isEmpty();
        if (vanished) {
            if (record != null) {
                org.edit(record.id(), Collections.singletonMap("Email", null)); // by which it would be adopted
            }
            goneSince.remove(person);
            moved.remove(person);
        }
        if (vanished || identity != null && !identity.equals(ids.get(person))) {
            unknownSince.put(person, org.writes().count());
        }
        return vanished;
    }

    private void move(int person, String record) {
        moved.put(person, record);
        owners.put(record, person);
    }

    /** If a record moved too often since the app last wrote to it, its event correctly becomes a dead letter. */
    private boolean mayMove(int person, SandboxRecord record) {
        if (!org.writes().ofRecord(record.id()).isEmpty()) {
            moves.remove(person);
        }
        return moves.merge(person, 1, Integer::sum) <= FOLLOWED;
    }
}
