package dev.orysalesforce.reconcile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.reconcile.ReconcileRun.Phase;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.OryFields;
import dev.orysalesforce.salesforce.SoqlLookup;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Records that carry an Ory ID, in the order of this key. The next page begins after the last key, so that the index of the key
 * leads to it, and a restart or a smaller page loses nothing.
 *
 * @param conversions the converted Leads among them that have a Contact
 * @param versions identity ID to {@code Ory_Updated_At__c}, which may be null
 * @param next the last key, after which the next page begins; null on the last page
 * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_query.htm">Query</a>
 */
record SalesforcePage(Map<String, Instant> versions, List<Conversion> conversions, String next) {

    /**
     * A Lead that was converted.
     *
     * @param writtenSince whether the app has written to the Lead after the conversion, which a permission allows; the Contact
     *     lacks that
     */
    record Conversion(String identity, String leadId, boolean writtenSince) {}

    private static final String CONTACTS = "SELECT %1$s, %2$s FROM Contact";
    private static final String LEADS = "SELECT Id, %1$s, %2$s, LastModifiedById, IsConverted, ConvertedContactId,"
            + " ConvertedContact.%2$s FROM Lead";
    /** A conversion may have copied the Ory ID of a Lead to the company's Account, too. */
    private static final String ACCOUNTS = "SELECT %1$s, %2$s FROM Account";
    private static final String ONLY_PERSONS = " AND " + Describe.IS_PERSON_ACCOUNT + " = true";
    /** No ID is less than this. A condition {@code != null} has no index. */
    private static final String ALL = " WHERE %s >= '0'";
    private static final String AFTER = " WHERE %s > %s";
    private static final String PAGE = " ORDER BY %s LIMIT %d";

    /**
     * The path and query of a page.
     *
     * @param position the key after which it begins; null for the first page, a path in a run of the version before
     */
    static String query(Phase phase, String position, int records) {
        boolean isFirst = position == null || position.startsWith("/");
        String select = phase == Phase.CONTACTS ? CONTACTS : phase == Phase.LEADS ? LEADS : ACCOUNTS;
        return "/query?q=" + URLEncoder.encode(select.formatted(OryFields.ORY_ID, OryFields.ORY_UPDATED_AT)
                + (isFirst ? ALL.formatted(OryFields.ORY_ID)
                        : AFTER.formatted(OryFields.ORY_ID, SoqlLookup.list(Stream.of(position))))
                + (phase == Phase.ACCOUNTS ? ONLY_PERSONS : "")
                + PAGE.formatted(OryFields.ORY_ID, records), StandardCharsets.UTF_8);
    }

    /**
     * A converted Lead stands for its Contact, even if the conversion did not copy the Ory ID.
     *
     * @param asked the most records that the query asked for; Salesforce may answer fewer and say that there are more
     * @param user the ID of the run-as user
     */
    static SalesforcePage read(String body, int asked, String user, ObjectMapper json) {
        JsonNode answer = parse(body, json);
        Map<String, Instant> versions = new HashMap<>();
        List<Conversion> conversions = new ArrayList<>();
        String last = null;
        for (JsonNode record : answer.path("records")) {
            last = record.path(OryFields.ORY_ID).asText();
            String identity = last.toLowerCase(Locale.ROOT);
            JsonNode now = record.path("IsConverted").asBoolean() ? record.path("ConvertedContact") : record;
            if (now.isObject()) {
                versions.put(identity, OryFields.version(now));
            }
            if (now != record && record.hasNonNull("ConvertedContactId")) {
                conversions.add(new Conversion(identity, record.path("Id").asText(), isWrittenSince(record, OryFields.version(now), user)));
            }
        }
        boolean isLast = answer.path("done").asBoolean(true) && answer.path("records").size() < asked;
        return new SalesforcePage(versions, conversions, isLast ? null : last);
    }

    /**
     * A conversion is a change of the Lead by another user, so if the app made the last change, it came later. After a later
     * change by another user, the versions tell, if the conversion has copied them.
     */
    private static boolean isWrittenSince(JsonNode lead, Instant version, String user) {
        return lead.path("LastModifiedById").asText().equals(user)
                || version != null && OryFields.version(lead) != null && OryFields.version(lead).isAfter(version);
    }

    private static JsonNode parse(String body, ObjectMapper json) {
        try {
            JsonNode answer = json.readTree(body == null ? "" : body);
            if (answer.path("records").isArray()) {
                return answer;
            }
        } catch (JsonProcessingException e) {
            // reported below
        }
        throw new RetryLaterException("Salesforce answered a query with something that is not a result. A proxy in between?",
                null);
    }
}
