package dev.orysalesforce.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.check.Preview;
import dev.orysalesforce.reconcile.RunFailedException;
import dev.orysalesforce.settings.CommandLineOnly;
import dev.orysalesforce.settings.RouteNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.Message;
import org.apache.camel.ProducerTemplate;

/** {@code preview FILE}: what would be sent for a webhook's body, as {@code POST /api/preview} answers it. */
@CommandLineOnly
class PreviewCommand {

    private final ProducerTemplate camel;
    private final ObjectMapper json;

    PreviewCommand(ProducerTemplate camel, ObjectMapper json) {
        this.camel = camel;
        this.json = json;
    }

    /** @return the exit code: 1 if Salesforce would reject it */
    int run(Path file) throws IOException {
        String body = Files.readString(file);
        Message answer = camel.request(RouteNames.PREVIEW_BODY, exchange -> exchange.getMessage().setBody(body)).getMessage();
        if (!(answer.getBody() instanceof Preview preview)) { // a problem, as the operator API answers it
            throw new RunFailedException(json.readTree(answer.getBody(String.class)).path("detail").asText());
        }
        System.out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(preview));
        return preview.isRefused() ? 1 : 0;
    }
}
