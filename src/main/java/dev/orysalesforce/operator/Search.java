package dev.orysalesforce.operator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.operator.SearchResult.NotAsked;
import dev.orysalesforce.salesforce.PersonObject;
import dev.orysalesforce.salesforce.RecordIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** A search of an operator: what for, and what Ory and Salesforce have answered so far. */
public final class Search {

    /** What can be searched for. */
    enum By {
        ORY_ID, SALESFORCE_ID, EMAIL
    }

    private static final Pattern SALESFORCE_IDS = Pattern.compile("\\p{Alnum}{15}(\\p{Alnum}{3})?");
    private static final Pattern ADDRESS = Pattern.compile("[^\\s\\p{Cntrl}@]+@[^\\s\\p{Cntrl}@]+");
    private static final int LONGEST_ADDRESS = 320;
    /** The longest value of a field of type e-mail in Salesforce. */
    private static final int LONGEST_IN_SALESFORCE = 80;

    private final By by;
    private final String text;
    private final List<JsonNode> records = new ArrayList<>();
    private final List<NotAsked> notAsked = new ArrayList<>();
    private LedgerEntry known;
    private Set<String> listed;

    private Search(By by, String text) {
        this.by = by;
        this.text = text;
    }

    static Search of(String text) {
        String stripped = text.strip();
        if (JmsSelectors.isId(stripped)) {
            return new Search(By.ORY_ID, stripped.toLowerCase(Locale.ROOT));
        }
        if (SALESFORCE_IDS.matcher(stripped).matches()) {
            DeadLetters.check(Arrays.stream(PersonObject.values()).anyMatch(object -> stripped.startsWith(object.keyPrefix())),
                    "The Salesforce ID is not that of a Lead (00Q…), Contact (003…) or person account (001…).");
            DeadLetters.check(RecordIds.isValid(stripped), "This Salesforce ID is not valid: its last three characters do not fit the"
                    + " others. Copy it again, or enter the first 15 characters.");
            return new Search(By.SALESFORCE_ID, stripped);
        }
        DeadLetters.check(stripped.length() <= LONGEST_ADDRESS && ADDRESS.matcher(stripped).matches(), "Search for an Ory ID (a UUID),"
                + " a Salesforce ID (15 or 18 characters), or a whole e-mail address.");
        return new Search(By.EMAIL, stripped);
    }

    By by() {
        return by;
    }

    String text() {
        return text;
    }

    /** Ory knows no Salesforce IDs. */
    public boolean isForOry() {
        return by != By.SALESFORCE_ID;
    }

    /** The ledger may know the record, and no record has a longer address. */
    public boolean isForSalesforce() {
        return by == By.ORY_ID ? known == null || !known.hasRecord() : by != By.EMAIL || text.length() <= LONGEST_IN_SALESFORCE;
    }

    /** Whether a record of this object can be what is searched for. */
    boolean mayBe(PersonObject object) {
        return by != By.SALESFORCE_ID || text.startsWith(object.keyPrefix());
    }

    void known(LedgerEntry entry) {
        known = entry;
    }

    LedgerEntry known() {
        return known;
    }

    void listed(Set<String> identities) {
        listed = identities;
    }

    Set<String> listed() {
        return listed == null ? Set.of() : listed;
    }

    /** Null if Ory was not asked for this identity. */
    Boolean isAtOry(String identity) {
        return listed().contains(identity) ? Boolean.TRUE : listed == null || by != By.ORY_ID ? null : Boolean.FALSE;
    }

    void found(Collection<JsonNode> found) {
        records.addAll(found);
    }

    List<JsonNode> records() {
        return records;
    }

    void notAsked(String source, String reason) {
        notAsked.add(new NotAsked(source, reason));
    }

    List<NotAsked> notAsked() {
        return notAsked;
    }
}
