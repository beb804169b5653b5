package dev.orysalesforce.sync;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Takes over records that were there before their identities: fills the gaps, and leaves what sales has typed. */
@Component("takeOver")
public class TakeOver {

    static final String EMAIL = "email";
    static final String DUPLICATE_RULE = "duplicate-rule";

    private final LookUp lookUp;

    TakeOver(LookUp lookUp) {
        this.lookUp = lookUp;
    }

    /** Asks what is in the records that may be taken over: one call for up to 400 of them. */
    public String question(List<Row> rows) {
        List<LookUp.Query> queries = new ArrayList<>();
        Map<String, List<Row>> byObject = rows.stream().collect(
                Collectors.groupingBy(row -> row.getCandidate().object(), TreeMap::new, Collectors.toList()));
        byObject.forEach((object, members) -> Batch.slices(members, Batch.CHUNK).forEach(slice -> queries.add(
                LookUp.query(object + queries.size(), "query", "SELECT %s FROM %s WHERE Id IN (%s)".formatted(
                        String.join(", ", fields(object, slice)), object,
                        LookUp.list(slice.stream().map(row -> row.getCandidate().salesforceId())))))));
        return lookUp.question(queries);
    }

    private static Set<String> fields(String object, List<Row> rows) {
        Set<String> fields = new LinkedHashSet<>(List.of("Id", Recognition.EMAIL, Comparison.ORY_ID));
        if (object.equals("Lead")) {
            fields.add("IsConverted");
        }
        rows.forEach(row -> row.getRecord().properties().stream().filter(field -> !field.getValue().isContainerNode())
                .forEach(field -> fields.add(field.getKey())));
        return fields;
    }

    /**
     * Takes them over. What a duplicate rule has found is looked at for the first time here: it has to belong to nobody
     * else, and its address to be one that Ory has verified.
     */
    public void adopt(List<Row> rows, String answer) {
        Map<String, JsonNode> byId = lookUp.records(answer).stream()
                .collect(Collectors.toMap(record -> record.path("Id").asText(), record -> record));
        for (Row row : rows) {
            JsonNode record = byId.getOrDefault(row.getCandidate().salesforceId(), NullNode.getInstance());
            boolean free = record.isObject() && !record.hasNonNull(Comparison.ORY_ID)
                    && !record.path("IsConverted").asBoolean();
            if (row.getCandidate().foundBy().equals(EMAIL)
                    || free && row.getChange().hasVerified(record.path(Recognition.EMAIL).asText())) {
                row.adopt(record.properties().stream().filter(field -> !field.getValue().isNull())
                        .map(Map.Entry::getKey).toList());
            } else {
                row.giveUp();
            }
        }
    }
}
