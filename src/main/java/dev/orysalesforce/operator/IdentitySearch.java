package dev.orysalesforce.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.ledger.Ledger;
import dev.orysalesforce.ledger.LedgerEntry;
import dev.orysalesforce.ledger.Tombstones;
import dev.orysalesforce.operator.Search.By;
import dev.orysalesforce.operator.SearchResult.Found;
import dev.orysalesforce.reconcile.OryPage;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.Login;
import dev.orysalesforce.salesforce.OryFields;
import dev.orysalesforce.salesforce.PersonObject;
import dev.orysalesforce.salesforce.SoqlLookup;
import dev.orysalesforce.write.PersonAccounts;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Finds identities for the operator. The ledger holds no traits, so Ory and Salesforce are asked. The answer holds no traits
 * either, and the text that is searched for is in no URL of this app, in no log, trace or problem.
 */
@Component("identitySearch")
public class IdentitySearch {

    /** How many identities Ory, and how many records of an object Salesforce answers at most. */
    public static final int MOST = 50;

    private final Ledger ledger;
    private final Tombstones tombstones;
    private final SoqlLookup lookup;
    private final PersonAccounts personAccounts;
    private final Login login;
    private final ObjectMapper json;

    IdentitySearch(Ledger ledger, Tombstones tombstones, SoqlLookup lookup, PersonAccounts personAccounts, Login login,
            ObjectMapper json) {
        this.personAccounts = personAccounts;
        this.ledger = ledger;
        this.tombstones = tombstones;
        this.lookup = lookup;
        this.login = login;
        this.json = json;
    }

    /** The text in the body of a request. */
    public String text(String body) throws JsonProcessingException {
        JsonNode text = json.readTree(body).path("q");
        DeadLetters.check(text.isTextual(), "The body is an object with the key q, e.g. {\"q\": \"ada@example.org\"}.");
        return text.textValue();
    }

    /** @throws dev.orysalesforce.receive.BadRequestException if the text is nothing that can be searched for */
    public Search begin(String text) {
        Search search = Search.of(text);
        if (search.by() == By.ORY_ID) {
            search.known(ledger.find(search.text()).orElse(null));
        }
        return search;
    }

    /** The query string of the call to Ory's Admin API. */
    public String oryQuery(Search search) {
        return search.by() == By.ORY_ID ? "page_size=1&ids=" + search.text() : "page_size=" + MOST + "&credentials_identifier="
                + URLEncoder.encode(search.text(), StandardCharsets.UTF_8);
    }

    /** Ory has answered. */
    public void atOry(Search search, OryPage page) {
        search.listed(page.identities().keySet());
    }

    /** The body of the call to Salesforce. */
    public String salesforceQuery(Search search) {
        boolean mayBePersonAccount = search.mayBe(PersonObject.PERSON_ACCOUNT);
        boolean asksAccounts = mayBePersonAccount ? personAccounts.carryIdentities() : personAccounts.areKnownToCarryIdentities();
        List<PersonObject> objects = PersonObject.stream(asksAccounts).filter(search::mayBe).toList();
        DeadLetters.check(!objects.isEmpty(), "It is the ID of an Account, and the run-as user sees no person account that could carry"
                + " an Ory ID.");
        return lookup.compositeRequest(objects.stream().map(object -> SoqlLookup.query(object.sObject(), "query",
                "SELECT Id, " + OryFields.ORY_ID + " FROM " + object.sObject() + " WHERE " + where(object, search)
                        + only(object, search.by(), asksAccounts) + " LIMIT " + MOST))
                .toList());
    }

    private static String where(PersonObject object, Search search) {
        String field = switch (search.by()) {
            case ORY_ID -> OryFields.ORY_ID;
            case SALESFORCE_ID -> "Id";
            case EMAIL -> object.emailField();
        };
        return field + " IN (" + SoqlLookup.list(Stream.of(search.text())) + ")";
    }

    /** A converted Lead and the Contact half of a person account are the same person once more. */
    private static String only(PersonObject object, By by, boolean asksAccounts) {
        return switch (object) {
            case PERSON_ACCOUNT -> " AND " + Describe.IS_PERSON_ACCOUNT + " = true";
            case CONTACT -> asksAccounts ? " AND " + Describe.IS_PERSON_ACCOUNT + " = false" : "";
            case LEAD -> by == By.EMAIL ? " AND IsConverted = false" : "";
        };
    }

    /** Salesforce has answered. */
    public void atSalesforce(Search search, String answer) {
        search.found(lookup.records(answer));
    }

    /** Ory or Salesforce can't be asked, or does not answer. */
    public void notAsked(Search search, String source, String reason) {
        search.notAsked(source, reason);
    }

    /** Combines what Ory, Salesforce and the ledger know. */
    public SearchResult result(Search search) {
        Set<String> identities = new LinkedHashSet<>(search.listed());
        search.records().stream().map(IdentitySearch::identity).filter(Objects::nonNull).forEach(identities::add);
        Map<String, LedgerEntry> known = ledger.find(identities);
        if (search.known() != null) {
            identities.add(search.text());
            known = Map.of(search.text(), search.known());
        }
        Set<String> erased = tombstones.erased(identities);
        List<Found> found = new ArrayList<>();
        for (String identity : identities) {
            LedgerEntry entry = known.get(identity);
            List<JsonNode> records = search.records().stream().filter(record -> identity.equals(identity(record))).toList();
            records.forEach(record -> found.add(found(search, identity, object(record), record.path("Id").asText(), entry,
                    erased.contains(identity))));
            if (records.isEmpty()) {
                found.add(found(search, identity, entry == null ? null : entry.object(), entry == null ? null : entry.salesforceId(),
                        entry, erased.contains(identity)));
            }
        }
        search.records().stream().filter(record -> identity(record) == null)
                .forEach(record -> found.add(found(search, null, object(record), record.path("Id").asText(), null, false)));
        return new SearchResult(found, search.notAsked());
    }

    private Found found(Search search, String identity, String object, String salesforceId, LedgerEntry entry, boolean erased) {
        return new Found(identity, search.isAtOry(identity), object, salesforceId,
                salesforceId == null ? null : login.address() + "/" + salesforceId, entry != null, entry == null ? null : entry.outcome(),
                entry == null ? null : entry.code(), erased);
    }

    /** Null if the record belongs to no identity; a field that a user has filled with something else is not shown. */
    private static String identity(JsonNode record) {
        String id = record.path(OryFields.ORY_ID).asText();
        return JmsSelectors.isId(id) ? id.toLowerCase(Locale.ROOT) : null;
    }

    private static String object(JsonNode record) {
        return PersonObject.of(record).title();
    }
}
