package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.ledger.FieldHash;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Decides which fields of a record go out: what changed at Ory, so that what sales typed stays. */
@Component("comparison")
public class Comparison {

    public static final String ORY_ID = "Ory_Identity_Id__c";
    public static final String ORY_UPDATED_AT = "Ory_Updated_At__c";
    static final String ON_CREATE = "onCreate";

    /** Before the hash of a field that only a finished record told: no mapping clears it. No hash begins like that. */
    private static final String GIVEN = "~";

    private final FieldHash hash;
    private final Describe org;

    Comparison(FieldHash hash, Describe org) {
        this.hash = hash;
        this.org = org;
    }

    public void compare(Row row) {
        ObjectNode mapped = row.getRecord();
        JsonNode stopGaps = mapped.remove(ON_CREATE);
        mapped.remove(row.getDropped());
        if (row.isOfOtherObject()) {
            List<String> lacking = mapped.properties().stream().map(Map.Entry::getKey)
                    .filter(field -> !org.has(row.getObject(), field)).toList();
            mapped.remove(lacking);
            row.lacks(lacking);
        }
        Map<String, String> hashes = new HashMap<>();
        mapped.properties().forEach(field ->
                hashes.put(field.getKey(), hash.of(row.getIdentity(), field.getKey(), field.getValue())));

        if (row.isSentBefore()) {
            row.primed(marked(row, hashes));
            return;
        }
        ObjectNode toSend = row.hasRecord() ? changed(row, mapped, hashes) : fresh(row, mapped, stopGaps);
        if (row.hasRecord() && toSend.isEmpty() && !row.isToBeStamped()) {
            if (before(row).isEmpty()) {
                row.primed(marked(row, hashes)); // the look-up has shown it
            } else {
                row.unchanged(row.getChange().version());
            }
            return;
        }
        if (!row.hasRecord() || row.isToBeStamped()) {
            toSend.put(ORY_ID, row.getIdentity());
        }
        row.getShortened().forEach((field, length) -> {
            String text = toSend.path(field).asText("");
            if (text.length() > length) {
                boolean splitsPair = Character.isHighSurrogate(text.charAt(length - 1));
                toSend.put(field, text.substring(0, splitsPair ? length - 1 : length));
            }
        });
        toSend.put(ORY_UPDATED_AT, row.getChange().version().at().truncatedTo(ChronoUnit.MILLIS).toString());
        row.compared(toSend, marked(row, hashes));
    }

    private static Map<String, String> marked(Row row, Map<String, String> hashes) {
        row.getGiven().stream().filter(hashes::containsKey).filter(field -> !isMapped(before(row).get(field)))
                .forEach(field -> hashes.put(field, GIVEN + hashes.get(field)));
        return hashes;
    }

    private static Map<String, String> before(Row row) {
        return row.getKnown() == null ? Map.of() : row.getKnown().fields();
    }

    private static String value(String hash) {
        return hash != null && hash.startsWith(GIVEN) ? hash.substring(GIVEN.length()) : hash;
    }

    /** Whether a mapping has told the field before. */
    private static boolean isMapped(String hash) {
        return hash != null && !hash.startsWith(GIVEN) && !hash.equals(Row.IN_DOUBT);
    }

    /**
     * Before Contacts are made.
     *
     * @throws HoldException if the org has person accounts
     */
    public void refusePersonAccounts(Batch batch) {
        boolean makesContacts = batch.getPending().stream()
                .anyMatch(row -> !row.hasRecord() && row.getObject().equals("Contact"));
        if (makesContacts && org.has("Contact", "IsPersonAccount")) {
            throw new HoldException("PERSON_ACCOUNTS", "This org has person accounts: there, a person is an Account, and a"
                    + " Contact without one is seen by nobody but its owner. This app does not write person accounts; let"
                    + " sync.mappings make Leads of these identities.");
        }
    }

    /** A new record: everything, and the stop-gaps where the mapping had nothing. */
    private static ObjectNode fresh(Row row, ObjectNode mapped, JsonNode stopGaps) {
        ObjectNode record = mapped.deepCopy();
        if (stopGaps instanceof ObjectNode) {
            stopGaps.properties().stream()
                    .filter(field -> !record.hasNonNull(field.getKey()) && !row.getDropped().contains(field.getKey()))
                    .forEach(field -> record.set(field.getKey(), field.getValue()));
        }
        return record;
    }

    /** A known record: what differs from what was last sent, and null for what the newest state no longer has. */
    private ObjectNode changed(Row row, ObjectNode mapped, Map<String, String> hashes) {
        Map<String, String> before = before(row);
        ObjectNode record = mapped.objectNode();
        mapped.properties().stream().filter(field -> !hashes.get(field.getKey()).equals(value(before.get(field.getKey()))))
                .filter(field -> !row.getFilled().contains(field.getKey()))
                .filter(field -> !field.getValue().equals(row.getShown().get(field.getKey())))
                .forEach(field -> record.set(field.getKey(), field.getValue()));
        before.forEach((field, sent) -> {
            String cleared = hash.of(row.getIdentity(), field, NullNode.getInstance());
            if (mapped.has(field) || !row.getObject().equals(row.getKnown().object())) {
                return; // fields of a Lead mean nothing to the Contact that it has become
            }
            boolean stays = !row.getChange().isWhole() || sent.startsWith(GIVEN) || row.getDropped().contains(field) || sent.equals(cleared)
                    || org.requires(row.getObject(), field);
            if (stays) {
                hashes.put(field, sent);
            } else if (org.has(row.getObject(), field)) { // a Contact lacks some that it had as a Lead
                record.putNull(field);
                hashes.put(field, cleared);
            }
        });
        return record;
    }
}
