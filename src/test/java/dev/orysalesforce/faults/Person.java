package dev.orysalesforce.faults;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.Ory;
import java.time.Instant;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.UUID;

/** A person at Ory whose states are sent one after the other, and the promises that the app has made for them. */
final class Person {

    private static final String NAME = "State ";

    /** How the states of a person are sent. */
    enum Kind { LEAD, CONTACT, GATEWAY }

    private final String id = UUID.randomUUID().toString();
    private final Kind kind;
    private final NavigableSet<Integer> unclear = new TreeSet<>();
    private int next;
    private int accepted = -1;

    Person(Kind kind) {
        this.kind = kind;
    }

    String id() {
        return id;
    }

    Kind kind() {
        return kind;
    }

    int nextState() {
        return next++;
    }

    int newest() {
        return next - 1;
    }

    void accepted(int state) {
        accepted = Math.max(accepted, state);
    }

    /** It is unknown whether it was kept: the answer was lost, or the sender was told to retry. */
    void unclear(int state) {
        unclear.add(state);
    }

    boolean isPromised() {
        return accepted >= 0;
    }

    /** Whether a record in this state keeps the promise. */
    boolean mayBe(int state) {
        return state == accepted || state > accepted && unclear.contains(state);
    }

    /** A webhook's body; states of the gateway have only their time of receipt. */
    String body(int state) {
        if (kind == Kind.GATEWAY) {
            return "{\"Ory_Identity_Id__c\":\"%s\",\"LastName\":\"%s\",\"Company\":\"Somewhere\"}".formatted(id, lastName(state));
        }
        ObjectNode body = Ory.identity(id, version(state), lastName(state));
        ((ObjectNode) body.path("identity")).put("schema_id", kind == Kind.CONTACT ? "employee" : "customer");
        return body.toString();
    }

    static Instant version(int state) {
        return Instant.parse("2026-11-01T10:00:00Z").plusSeconds(state);
    }

    static String lastName(int state) {
        return NAME + state;
    }

    /** -1 if it is none that was ever sent. */
    static int state(String lastName) {
        return lastName != null && lastName.startsWith(NAME) ? Integer.parseInt(lastName.substring(NAME.length())) : -1;
    }

    @Override
    public String toString() {
        return kind + " " + id + ", accepted " + accepted + ", unclear " + unclear.tailSet(accepted, false);
    }
}
