package dev.orysalesforce.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.check.Preview;
import dev.orysalesforce.receive.BadRequestException;
import dev.orysalesforce.settings.CommandLineOnly;
import dev.orysalesforce.settings.RouteNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.util.ObjectHelper;

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
        try {
            Preview preview = camel.requestBody(RouteNames.PREVIEW_BODY, Files.readString(file), Preview.class);
            System.out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(preview));
            return preview.isRefused() ? 1 : 0;
        } catch (CamelExecutionException e) {
            throw ObjectHelper.getException(JsonProcessingException.class, e) == null ? e
                    : new BadRequestException("The file is not JSON.");
        }
    }
}
