package dev.orysalesforce.doctor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.check.MappingExamples;
import dev.orysalesforce.check.OrgCheck;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.salesforce.CallBudget;
import dev.orysalesforce.salesforce.Login;
import dev.orysalesforce.settings.OrySettings;
import dev.orysalesforce.settings.RequiredSettings;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.write.WriteResults;
import java.io.File;
import java.io.IOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.camel.util.ObjectHelper;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/**
 * Collects the answers that the doctor's routes got and the app's own state in one document, without a secret or trait.
 * {@code mappings/doctor/} derives the findings from it.
 */
@Component("doctor")
public class Doctor {

    private static final long MEGABYTE = 1024 * 1024;

    private final ConfigurableEnvironment environment;
    private final SyncSettings settings;
    private final OrySettings ory;
    private final MappingExamples examples;
    private final OrgCheck org;
    private final Login login;
    private final WriteResults results;
    private final CallBudget budget;
    private final Clock clock;
    private final ObjectMapper json;

    Doctor(ConfigurableEnvironment environment, SyncSettings settings, OrySettings ory, MappingExamples examples,
            OrgCheck org, Login login, WriteResults results, CallBudget budget, Clock clock, ObjectMapper json) {
        this.environment = environment;
        this.settings = settings;
        this.ory = ory;
        this.examples = examples;
        this.org = org;
        this.login = login;
        this.results = results;
        this.budget = budget;
        this.clock = clock;
        this.json = json;
    }

    /** Whether the doctor runs once after the start. */
    public boolean isWantedAtStart() {
        return settings.doctorAtStart();
    }

    /** The facts that the app knows by itself. */
    public ObjectNode circumstances() {
        ObjectNode facts = json.createObjectNode();
        facts.set("settings", json.valueToTree(Map.of(
                "apiVersion", environment.getRequiredProperty("salesforce.api-version"),
                "loginUrl", StringUtils.trimTrailingCharacter(
                        environment.getRequiredProperty("camel.component.salesforce.login-url").strip(), '/'),
                "adminUrl", ory.adminUrl() == null ? "" : ory.adminUrl(),
                "assign", settings.autoAssign().fresh(),
                "duplicates", word(settings.duplicates()),
                "erase", word(settings.erase()),
                "matchEmail", word(settings.matchEmail()))));
        facts.set("missing", json.valueToTree(RequiredSettings.missing(environment)));
        facts.set("written", json.valueToTree(written()));
        File directory = new File(settings.dataDir()).getAbsoluteFile();
        File there = directory;
        while (!there.exists()) {
            there = there.getParentFile();
        }
        facts.putObject("disk").put("directory", settings.dataDir()).put("freeMegabytes", there.getUsableSpace() / MEGABYTE)
                .put("neededMegabytes", settings.journal().minDiskFree().toMegabytes());
        return facts;
    }

    /** Whether all settings of a login are present. */
    public boolean canLogIn(ObjectNode facts) {
        return facts.path("missing").findValuesAsText("name").stream().noneMatch(name -> name.startsWith("SALESFORCE_"));
    }

    /** @param date header of an answer of Salesforce */
    public void clock(ObjectNode facts, String date) {
        try {
            facts.put("clock", Duration.between(clock.instant(), ZonedDateTime.parse(String.valueOf(date),
                    DateTimeFormatter.RFC_1123_DATE_TIME).toInstant()).toSeconds());
        } catch (DateTimeException e) {
            // a proxy removed the header; then the difference is not known
        }
    }

    /** Adds an answer unchanged. */
    public void told(ObjectNode facts, String name, String answer) throws JsonProcessingException {
        facts.set(name, json.readTree(answer));
    }

    /** @param answer of a composite call: each part under its name; only the needed parts of a description */
    public void answered(ObjectNode facts, String answer) throws JsonProcessingException {
        ObjectNode parts = facts.putObject("answers");
        for (JsonNode part : json.readTree(answer).path("compositeResponse")) {
            if (part.path("body") instanceof ObjectNode body && body.path("fields").isArray()) {
                ArrayNode names = json.createArrayNode();
                ArrayNode notFilterable = json.createArrayNode();
                body.path("fields").forEach(field -> {
                    names.add(field.path("name"));
                    if (!field.path("filterable").asBoolean(true)) {
                        notFilterable.add(field.path("name"));
                    }
                });
                body.retain("recordTypeInfos", "deletable");
                body.set("fields", names);
                body.set("notFilterable", notFilterable);
            }
            parts.set(part.path("referenceId").asText(), part);
        }
        facts.set("calls", json.valueToTree(budget.report()));
        ((ObjectNode) facts.path("settings")).put("instanceUrl", login.address());
    }

    /** Compares the fields that the mappings write and the look-ups read with the org's. */
    public void compare(ObjectNode facts) {
        facts.set("mismatches", json.valueToTree(org.findings(examples.examples())));
    }

    /** Salesforce rejected the login or the queries. */
    public void failed(ObjectNode facts, Exception failure) {
        PauseDeliveryException pause = ObjectHelper.getException(PauseDeliveryException.class, failure);
        if (pause != null) {
            because(facts, "login", pause);
            return;
        }
        try {
            results.failed(failure);
        } catch (PauseDeliveryException e) {
            because(facts, "refused", e);
        }
    }

    /** @param identities a page of the Admin API; only the states of their addresses and their sizes are kept */
    public void identities(ObjectNode facts, int status, String links, byte[] identities) {
        ObjectNode ory = facts.putObject("ory").put("status", status).put("links", links);
        JsonNode listed = read(identities);
        if (listed.isArray()) {
            ArrayNode kept = ory.putArray("identities");
            listed.forEach(identity -> {
                ObjectNode one = kept.addObject().put("characters", identity.path("traits").toString().length()
                        + identity.path("metadata_public").toString().length());
                ArrayNode addresses = one.putArray("verifiable_addresses");
                identity.path("verifiable_addresses").forEach(address -> addresses.addObject()
                        .put("via", address.path("via").asText()).put("verified", address.path("verified").asBoolean()));
            });
        }
    }

    /** The answer of the public address. */
    public void probed(ObjectNode facts, int status, String location, byte[] answer) {
        facts.putObject("probe").put("status", status).put("location", location)
                .put("code", read(answer).path("code").asText());
    }

    /** There was no answer. */
    public void unreachable(ObjectNode facts, String who, Exception failure) {
        Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
        facts.putObject(who).put("failure", cause.getClass().getSimpleName() + ": " + cause.getMessage());
    }

    /** What the running mappings write, by their examples. */
    private List<Written> written() {
        List<Written> written = new ArrayList<>();
        examples.examples().stream().filter(example -> settings.mappings().containsValue(example.mapping().name()))
                .forEach(example -> examples.record(example).ifPresent(record -> {
                    Set<String> fields = new TreeSet<>();
                    List.of(record, record.path(Mapping.ON_CREATE), record.path(Mapping.PARENTS))
                            .forEach(part -> part.fieldNames().forEachRemaining(fields::add));
                    written.add(new Written(example.mapping().name(),
                            record.path("attributes").path("type").asText(example.mapping().object()), fields));
                }));
        return written;
    }

    /** @param fields of the record in one example, those on creation and of its parents included */
    private record Written(String mapping, String object, Set<String> fields) {
    }

    private JsonNode read(byte[] body) {
        try {
            return body == null ? json.missingNode() : json.readTree(body);
        } catch (IOException e) {
            return json.missingNode();
        }
    }

    private static void because(ObjectNode facts, String what, PauseDeliveryException why) {
        facts.putObject(what).put("code", why.code()).put("message", why.getMessage());
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
