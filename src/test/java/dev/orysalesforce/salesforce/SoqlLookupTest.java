package dev.orysalesforce.salesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.journal.PauseDeliveryException;
import org.junit.jupiter.api.Test;

/** The pages of several queries that are asked together. */
class SoqlLookupTest {

    private static final String FIRST = """
            {"compositeResponse": [
              {"referenceId": "contacts0", "httpStatusCode": 200, "body": {"done": true, "records": [{"Id": "003a"}]}},
              {"referenceId": "leads1", "httpStatusCode": 200, "body": {"done": false,
                "nextRecordsUrl": "/services/data/v62.0/query/01gA-1", "records": [{"Id": "00Qa"}]}}]}""";

    private final ObjectMapper json = new ObjectMapper();
    private final SoqlLookup lookup = new SoqlLookup(null, json, "62.0");

    @Test
    void onlyQueriesWithAnotherPageAreContinued() throws Exception {
        assertThat(lookup.hasFurtherPages(FIRST)).isTrue();
        assertThat(lookup.hasFurtherPages(page("{\"done\": true, \"nextRecordsUrl\": null, \"records\": []}"))).isFalse();
        JsonNode requests = json.readTree(lookup.nextPages(FIRST)).path("compositeRequest");
        assertThat(requests).hasSize(1);
        assertThat(requests.path(0).path("url").asText()).isEqualTo("/services/data/v62.0/query/01gA-1");
        String all = lookup.join(FIRST, page("{\"done\": true, \"records\": [{\"Id\": \"00Qb\"}]}"));
        assertThat(lookup.hasFurtherPages(all)).isFalse();
        assertThat(lookup.records(all)).extracting(record -> record.path("Id").asText())
                .containsExactly("003a", "00Qa", "00Qb");
    }

    @Test
    void aPageThatLeadsToItselfOrIsMissingEndsTheLookUp() {
        assertThatThrownBy(() -> lookup.join(FIRST, page("{\"done\": false, \"records\": [],"
                + " \"nextRecordsUrl\": \"/services/data/v62.0/query/01gA-1\"}"))).isInstanceOf(PauseDeliveryException.class);
        assertThatThrownBy(() -> lookup.join(FIRST, "{\"compositeResponse\": []}")).isInstanceOf(PauseDeliveryException.class);
        assertThatThrownBy(() -> lookup.join(FIRST, "<html>")).isInstanceOf(PauseDeliveryException.class);
    }

    private static String page(String body) {
        return "{\"compositeResponse\": [{\"referenceId\": \"leads1\", \"httpStatusCode\": 200, \"body\": " + body + "}]}";
    }
}
