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
import java.util.List;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.util.ObjectHelper;

/** {@code preview FILE}: what would be sent for a webhook's body, as {@code POST /api/preview} answers it. */
@CommandLineOnly
class PreviewCommand implements Command {

    private final ProducerTemplate camel;
    private final ObjectMapper json;

    PreviewCommand(ProducerTemplate camel, ObjectMapper json) {
        this.camel = camel;
        this.json = json;
    }

    @Override
    public String name() {
        return "preview";
    }

    @Override
    public int run(List<String> arguments) {
        if (arguments.size() != 1) {
            System.err.println("preview FILE: a file that holds what Ory would send.");
            return 2;
        }
        try {
            Preview preview = camel.requestBody(RouteNames.PREVIEW_BODY, Files.readString(Path.of(arguments.get(0))),
                    Preview.class);
            System.out.println(json.writerWithDefaultPrettyPrinter().writeValueAsString(preview));
            return preview.isRefused() ? 1 : 0;
        } catch (IOException e) {
            System.err.println(arguments.get(0) + " can't be read: " + e.getClass().getSimpleName());
            return 2;
        } catch (CamelExecutionException e) {
            BadRequestException refused = ObjectHelper.getException(BadRequestException.class, e);
            System.err.println(refused != null ? refused.getMessage()
                    : ObjectHelper.getException(JsonProcessingException.class, e) != null ? "The file is not JSON."
                    : "No answer: " + e.getCause().getClass().getSimpleName());
            return 1;
        }
    }
}
