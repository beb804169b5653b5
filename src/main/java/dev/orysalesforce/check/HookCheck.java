package dev.orysalesforce.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.mapping.HookTemplate;
import dev.orysalesforce.mapping.MappingFailedException;
import dev.orysalesforce.receive.EventFactory;
import dev.orysalesforce.receive.KeptBody;
import dev.orysalesforce.settings.CommandLineOnly;
import dev.orysalesforce.settings.OrySettings;
import dev.orysalesforce.settings.RouteNames;
import dev.orysalesforce.sync.Mappings;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.springframework.context.annotation.Lazy;

/**
 * Renders the Jsonnet template of an Ory Action with contexts that a running Kratos gave, for several invented people, and
 * shows what the app makes of it. Kratos itself only logs a line if a template fails, and sends nothing.
 */
@CommandLineOnly
public class HookCheck {

    /** What the template reads of a trait and the like: {@code ctx.identity.traits.name.first}. */
    private static final Pattern READ = Pattern.compile("\\b(traits|metadata_public|transient_payload)((?:\\.[A-Za-z_]\\w*)+)");
    private static final String OTHER_SCRIPTS = "Größe 李 \"😀\" \\ <b>";

    private final ProducerTemplate camel;
    private final EventFactory events;
    private final Mappings mappings;
    private final OrySettings ory;
    private final ObjectMapper json;

    HookCheck(@Lazy ProducerTemplate camel, EventFactory events, Mappings mappings, OrySettings ory, ObjectMapper json) {
        this.camel = camel;
        this.events = events;
        this.mappings = mappings;
        this.ory = ory;
        this.json = json;
    }

    /** The person that the template is rendered for. */
    private enum Person {

        COMPLETE("an identity with all traits"), UNICODE("an identity whose traits hold other scripts and quotes"),
        MINIMAL("an identity with an e-mail address and no other trait, without a transient_payload");

        private final String words;

        Person(String words) {
            this.words = words;
        }
    }

    /**
     * What comes of the template.
     *
     * @param records the record for an identity with all traits, by flow; null where it is skipped
     * @param findings what is wrong; empty when good
     */
    public record Result(Map<String, JsonNode> records, List<Finding> findings) {}

    /** @param flows some of {@link IdentityChange#FLOWS} */
    public Result check(HookTemplate template, List<String> flows) throws IOException {
        Map<String, JsonNode> records = new LinkedHashMap<>();
        Map<Finding, Set<String>> found = new LinkedHashMap<>();
        for (String flow : flows) {
            for (Person person : Person.values()) {
                List<Finding> findings = new ArrayList<>();
                JsonNode record = render(template, flow, person, findings);
                if (person == Person.COMPLETE) {
                    records.put(flow, record);
                }
                findings.forEach(finding -> found.computeIfAbsent(finding, same -> new LinkedHashSet<>()).add(flow));
                if (findings.stream().anyMatch(finding -> finding.severity().equals("error"))) {
                    break; // it fails for the others, too
                }
            }
        }
        return new Result(records, found.entrySet().stream().map(one -> ofFlows(one.getKey(), one.getValue(), flows)).toList());
    }

    private static Finding ofFlows(Finding finding, Set<String> some, List<String> all) {
        String where = some.size() == all.size() && all.size() > 1 ? "" : " In: " + String.join(", ", some) + ".";
        return new Finding(finding.severity(), finding.place(), finding.message() + where, finding.why(), finding.remedy());
    }

    private JsonNode render(HookTemplate template, String flow, Person person, List<Finding> findings) throws IOException {
        JsonNode body;
        try {
            body = json.readTree(template.render(context(flow, person, template.text()).toString()));
        } catch (MappingFailedException e) {
            findings.add(new Finding(person == Person.MINIMAL ? "warning" : "error", place(template, e.getMessage()),
                    "It" + e.getMessage().substring(place(template, e.getMessage()).length()) + " for " + person.words + ".",
                    "Kratos logs one line, and sends no webhook.",
                    person == Person.MINIMAL ? "If your identity schema does not require it, read it by std.objectHas() first, as"
                            + " ory/identity.jsonnet does." : "Correct the template; ory/identity.jsonnet shows one that works."));
            return null;
        }
        findings.addAll(secrets(template, body));
        return record(template, flow, person, body, findings);
    }

    private static String place(HookTemplate template, String message) {
        return message.replaceFirst("^(" + Pattern.quote(template.name()) + "(:\\d+)?) .*", "$1");
    }

    private JsonNode record(HookTemplate template, String flow, Person person, JsonNode body, List<Finding> findings)
            throws IOException {
        IdentityChange event = events.receive(
                camel.requestBody(RouteNames.READ_EVENT, body.toString(), String.class), flow, null);
        if (!event.candidates().isEmpty() || !event.isUsable()) {
            findings.add(new Finding("error", template.name(), event.candidates().isEmpty()
                    ? "No identity can be told from what it renders: there is no UUID under a name that says so."
                    : "Several different UUIDs could be that of the identity, in " + event.candidates() + ".",
                    "The app answers 400, and keeps the body as a dead letter.", "Let it send ctx.identity.id as identity_id."));
            return null;
        }
        if (event.isThin()) {
            if (ory.adminUrl() == null) {
                findings.add(new Finding("error", template.name(), "It sends an ID and nothing of a person, and ORY_ADMIN_URL is"
                        + " not set.", "The app can't ask Ory for the rest, so the event becomes a dead letter.",
                        "Set ORY_ADMIN_URL, or send the traits, too."));
            }
            return null;
        }
        Exchange mapped = camel.request(RouteNames.MAP_RECORD, exchange -> {
            exchange.setProperty("recordMapping", mappings.of(event));
            exchange.getMessage().setBody(json.writeValueAsString(event));
        });
        if (mapped.getException() != null) {
            findings.add(new Finding("error", template.name(), mappings.of(event).name() + " has no result for " + person.words
                    + ".", "Its event becomes a dead letter.", "Fix the mapping, or let the template send what it reads."));
            return null;
        }
        JsonNode record = json.readTree(String.valueOf(mapped.getMessage().getBody(String.class)));
        if (!record.path("Email").isTextual() && person == Person.COMPLETE && !record.has("skip") && record.isObject()) {
            findings.add(new Finding("warning", template.name(), "The record has no Email.",
                    "A record that exists in Salesforce already is not found by it, so a second one is created.",
                    "Let the template send the address as email, or all traits as they are."));
        }
        return record;
    }

    /** What a name calls a secret, or a session. */
    private List<Finding> secrets(HookTemplate template, JsonNode body) {
        Set<String> names = new LinkedHashSet<>();
        removed(body, KeptBody.of(body), "", names);
        return names.isEmpty() ? List.of() : List.of(new Finding("warning", template.name(),
                "It sends " + names.stream().limit(5).collect(Collectors.joining(", ")) + ".",
                "Cookies, tokens and sessions travel through proxies and logs. The app does not need them, and does not keep them.",
                "Send only what the mappings read, as ory/identity.jsonnet does."));
    }

    private static void removed(JsonNode before, JsonNode after, String path, Set<String> names) {
        before.properties().forEach(entry -> {
            String name = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
            if (after.has(entry.getKey())) {
                removed(entry.getValue(), after.get(entry.getKey()), name, names);
            } else {
                names.add(name);
            }
        });
    }

    private ObjectNode context(String flow, Person person, String template) throws IOException {
        try (InputStream captured = HookCheck.class.getResourceAsStream("/hook-contexts/" + flow + "-ctx.input.json")) {
            ObjectNode context = (ObjectNode) json.readTree(captured);
            ObjectNode identity = (ObjectNode) context.path("identity");
            ObjectNode traits = (ObjectNode) identity.path("traits");
            if (person == Person.MINIMAL) {
                traits.retain("email");
                identity.putNull("metadata_public");
                ((ObjectNode) context.path("flow")).remove("transient_payload");
            } else {
                if (!identity.path("metadata_public").isObject()) {
                    identity.putObject("metadata_public");
                }
                READ.matcher(template).results().forEach(path -> {
                    JsonNode holder = path.group(1).equals("transient_payload") ? context.path("flow") : identity;
                    if (holder.path(path.group(1)) instanceof ObjectNode group) {
                        put(group, path.group(2).substring(1).split("\\."), "Sample");
                    }
                });
            }
            if (person == Person.UNICODE) {
                traits.properties().stream().filter(trait -> trait.getValue().isTextual() && !trait.getKey().equals("email"))
                        .forEach(trait -> trait.setValue(new TextNode(OTHER_SCRIPTS)));
            }
            return context;
        }
    }

    /** A trait that another person has. */
    private static void put(ObjectNode traits, String[] path, String value) {
        ObjectNode group = traits;
        for (int i = 0; i < path.length - 1; i++) {
            if (!(group.path(path[i]) instanceof ObjectNode)) {
                group.putObject(path[i]);
            }
            group = (ObjectNode) group.path(path[i]);
        }
        if (!group.has(path[path.length - 1])) {
            group.put(path[path.length - 1], value);
        }
    }
}
