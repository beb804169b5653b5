package dev.orysalesforce.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import dev.orysalesforce.check.Finding;
import dev.orysalesforce.check.HookCheck;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.mapping.HookTemplate;
import dev.orysalesforce.settings.CommandLineOnly;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The Jsonnet templates of the hooks that lead here, in a kratos.yml or a project's configuration. */
@CommandLineOnly
public class HookTemplates {

    private static final String INLINE = "base64://";
    private static final String FILE = "file://";

    private final HookCheck hooks;

    HookTemplates(HookCheck hooks) {
        this.hooks = hooks;
    }

    /** What is wrong with the templates, and which of them were not checked. */
    public record Result(List<Finding> findings, List<String> notes) {}

    /** @param at in the configuration, without the number in the list */
    private record Hook(String at, JsonNode config) {}

    /**
     * @param file what the places begin with
     * @param configuration as {@link Hooks} reads it
     */
    public Result check(String file, JsonNode configuration) throws IOException {
        List<Finding> findings = new ArrayList<>();
        List<String> unread = new ArrayList<>();
        for (Hook hook : find("", configuration)) {
            String place = file + ": " + hook.at() + ".body";
            String flow = flow(hook.config().path("url").asText());
            try {
                String text = text(hook.config().path("body").asText());
                if (text != null && flow != null) {
                    hooks.check(new HookTemplate("the template", text), List.of(flow)).findings().forEach(finding -> findings.add(
                            new Finding(finding.severity(), place, finding.message(), finding.why(), finding.remedy())));
                } else if (flow != null && hook.config().has("body")) {
                    unread.add(place);
                }
            } catch (IOException | IllegalArgumentException e) {
                unread.add(place);
            }
        }
        return new Result(findings, unread.isEmpty() ? List.of() : List.of("These templates were not checked, because they can't be"
                + " read here: " + String.join(", ", unread) + ". Try check --hook FILE."));
    }

    private static List<Hook> find(String place, JsonNode node) {
        List<Hook> found = new ArrayList<>();
        if (node.path("hook").asText().equals("web_hook")) {
            found.add(new Hook(place.replaceFirst("^.*\\.(?=selfservice\\.)", "").replaceFirst("\\.hooks$", ""), node.path("config")));
        }
        node.properties()
                .forEach(entry -> found.addAll(find(place.isEmpty() ? entry.getKey() : place + "." + entry.getKey(), entry.getValue())));
        if (node.isArray()) {
            node.forEach(element -> found.addAll(find(place, element)));
        }
        return found;
    }

    /** Null if the hook does not lead to this app's webhooks. */
    private static String flow(String url) {
        String path = url.replaceFirst("[?#].*$", "").replaceFirst("/$", "");
        if (!path.contains("/webhooks/ory")) {
            return null;
        }
        return IdentityChange.FLOWS.stream().filter(flow -> path.endsWith("/" + flow)).findFirst().orElse(IdentityChange.FLOWS.get(0));
    }

    private static String text(String body) throws IOException {
        return body.startsWith(INLINE) ? new String(Base64.getMimeDecoder().decode(body.substring(INLINE.length())), StandardCharsets.UTF_8)
                : body.startsWith(FILE) ? Files.readString(Path.of(body.substring(FILE.length()))) : null;
    }
}
