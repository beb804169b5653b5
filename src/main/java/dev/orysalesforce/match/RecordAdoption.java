package dev.orysalesforce.match;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.OryFields;
import dev.orysalesforce.salesforce.PersonObject;
import dev.orysalesforce.salesforce.SoqlLookup;
import dev.orysalesforce.sync.Batch;
import dev.orysalesforce.sync.SyncItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Adopts records that existed before their identities: fills empty fields, and keeps what sales has typed. */
@Component("recordAdoption")
public class RecordAdoption {

    static final String EMAIL = "email";
    static final String DUPLICATE_RULE = "duplicate-rule";

    private final SoqlLookup lookup;
    private final Describe org;

    RecordAdoption(SoqlLookup lookup, Describe org) {
        this.lookup = lookup;
        this.org = org;
    }

    /** The query for the fields of candidate records: one call for up to 400 of them. */
    public String query(List<SyncItem> items) {
        List<SoqlLookup.Query> queries = new ArrayList<>();
        Map<String, List<SyncItem>> byObject = items.stream().collect(
                Collectors.groupingBy(item -> item.getCandidate().object(), TreeMap::new, Collectors.toList()));
        byObject.forEach((object, members) -> Batch.slices(members, Batch.CHUNK).forEach(slice -> queries.add(
                SoqlLookup.query(object + queries.size(), "query", "SELECT %s FROM %s WHERE Id IN (%s)".formatted(
                        String.join(", ", fields(object, slice)), PersonObject.sObject(object),
                        SoqlLookup.list(slice.stream().map(item -> item.getCandidate().salesforceId())))))));
        return lookup.compositeRequest(queries);
    }

    private Set<String> fields(String object, List<SyncItem> items) {
        Set<String> fields = new TreeSet<>(String.CASE_INSENSITIVE_ORDER); // Salesforce rejects a field that is there twice
        fields.addAll(List.of("Id", PersonObject.emailField(object), OryFields.ORY_ID));
        if (object.equals("Lead")) {
            fields.add("IsConverted");
        } else if (org.has(object, Describe.IS_PERSON_ACCOUNT)) {
            fields.add(Describe.IS_PERSON_ACCOUNT);
        }
        items.forEach(item -> item.getRecord().properties().stream().filter(field -> !field.getValue().isContainerNode())
                .forEach(field -> fields.add(field.getKey())));
        items.forEach(item -> fields.addAll(item.getLinks().keySet()));
        return fields;
    }

    /**
     * Adopts the records. A record that a duplicate rule has found is checked here for the first time: it must belong to no
     * other identity, be no half of a person account, and Ory must have verified the address.
     */
    public void adopt(List<SyncItem> items, String answer) {
        Map<String, JsonNode> byId = lookup.records(answer).stream()
                .collect(Collectors.toMap(record -> record.path("Id").asText(), record -> record));
        for (SyncItem item : items) {
            JsonNode record = byId.getOrDefault(item.getCandidate().salesforceId(), NullNode.getInstance());
            String object = item.getCandidate().object();
            boolean free = record.isObject() && !record.hasNonNull(OryFields.ORY_ID) && !record.path("IsConverted").asBoolean()
                    && RecordMatcher.isPersonAccount(record) == PersonObject.PERSON_ACCOUNT.is(object);
            if (item.getCandidate().foundBy().equals(EMAIL)
                    || free && item.getChange().hasVerified(record.path(PersonObject.emailField(object)).asText())) {
                item.adopt(filled(record, item));
                item.shows(links(record, item));
            } else {
                item.deadLetter();
            }
        }
    }

    /** What the record holds in the place of the item's links to parents. */
    private static ObjectNode links(JsonNode record, SyncItem item) {
        Map<String, JsonNode> held = new TreeMap<>(String.CASE_INSENSITIVE_ORDER); // Salesforce has its own spelling
        record.properties().forEach(field -> held.put(field.getKey(), field.getValue()));
        ObjectNode links = JsonNodeFactory.instance.objectNode();
        item.getLinks().keySet().forEach(field -> links.set(field, held.getOrDefault(field, NullNode.getInstance())));
        return links;
    }

    /** The fields of an item that have a value in the record, as the item spells them. */
    private static List<String> filled(JsonNode record, SyncItem item) {
        Set<String> filled = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        record.properties().stream().filter(field -> !field.getValue().isNull()).forEach(field -> filled.add(field.getKey()));
        return item.getRecord().properties().stream().map(Map.Entry::getKey).filter(filled::contains).toList();
    }
}
