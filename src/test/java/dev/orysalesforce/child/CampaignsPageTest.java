package dev.orysalesforce.child;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.AppTest;
import dev.orysalesforce.mapping.Mapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;

/** The Lead's mapping with the two parts that docs/campaigns.md adds. */
@Tag("any-ledger")
class CampaignsPageTest extends AppTest {

    private static final Pattern PART = Pattern.compile("(?ms)^ *```jslt\\n(.*?)^ *```");

    @Autowired
    private ProducerTemplate camel;

    @TempDir
    private Path folder;

    @Test
    void theMappingOfThePageMakesACampaignMember() throws IOException {
        List<String> parts = PART.matcher(Files.readString(Path.of("docs", "campaigns.md"))).results().map(part -> part.group(1)).toList();
        String lead = Files.readString(Path.of("mappings", "lead.jslt"));
        assertThat(parts).hasSize(2);
        assertThat(lead).contains("\nlet person = ", "  \"onCreate\": filled({");
        Path mapping = Files.writeString(folder.resolve("lead.jslt"), lead.replace("\nlet person = ", "\n" + parts.get(0) + "let person = ")
                .replace("  \"onCreate\": filled({", parts.get(1) + "  \"onCreate\": filled({"));
        assertThat(children(mapping, "{\"campaign\": \"webinar\"}").toString()).isEqualTo("[{\"attributes\":{\"type\":\"CampaignMember\"},"
                + "\"match\":[\"CampaignId\"],\"CampaignId\":{\"Name\":\"Spring webinar\"},\"Status\":\"Registered\"}]");
        for (String other : List.of("{}", "null", "\"x\"", "[]", "{\"campaign\": \"Spring webinar\"}", "{\"campaign\": {\"Name\": \"x\"}}",
                "{\"campaign\": 1}")) {
            assertThat(children(mapping, other).isMissingNode()).as(other).isTrue();
        }
    }

    private JsonNode children(Path mapping, String payload) throws IOException {
        Path example = Path.of("mappings", "examples", "lead", "address-object.input.json");
        ObjectNode event = (ObjectNode) read(Files.readString(example));
        event.set("transient_payload", read(payload));
        return read(camel.request("direct:mapping.record", exchange -> {
            exchange.setProperty("recordMapping", Mapping.of(mapping.toString()).after(Mapping.of("mappings/person.jslt")));
            exchange.getMessage().setBody(event.toString());
        }).getMessage().getBody(String.class)).path("children");
    }
}
