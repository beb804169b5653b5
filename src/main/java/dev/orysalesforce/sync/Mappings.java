package dev.orysalesforce.sync;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.journal.DeadLetter;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.mapping.MappingFailedException;
import dev.orysalesforce.mapping.MappingResourceResolver;
import dev.orysalesforce.mapping.SharedHosts;
import dev.orysalesforce.salesforce.RecordError;
import dev.orysalesforce.settings.SyncSettings;
import java.time.Clock;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.util.ObjectHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Chooses the mapping for an identity schema, and applies its result to the item. */
@Component("mappings")
public class Mappings {

    /** The end of the message of a dead letter whose mapping failed; in a preview there is no letter. */
    public static final String REMEDY = " Look at the original event for the cause, fix the mapping, replay the dead letter.";

    private static final Logger LOG = LoggerFactory.getLogger(Mappings.class);

    /** A code is shown and counted, so it must not be a trait. */
    private static final Pattern CODE = Pattern.compile("[A-Z][A-Z_]{1,39}");

    /** {@code person-account.jslt} is named after PersonAccount. */
    private static final Pattern CAPITAL = Pattern.compile("(?<!^)\\p{Lu}");

    private final CamelContext camel;
    private final MappingResourceResolver resources;
    private final ObjectMapper json;
    private final Clock clock;
    private final String erased;
    private final String gone;

    /** Replaced as a whole while no batch is in flight. */
    private volatile MappingSet taken = MappingSet.EMPTY;
    private volatile SharedHosts sharedHosts = SharedHosts.UNKNOWN;
    private volatile Map<String, String> texts = Map.of();

    public Mappings(CamelContext camel, MappingResourceResolver resources, SyncSettings settings, ObjectMapper json, Clock clock) {
        this.camel = camel;
        this.resources = resources;
        erased = Objects.requireNonNullElse(settings.mappingOfErased(), settings.erasedMapping());
        gone = settings.goneMapping();
        this.json = json;
        this.clock = clock;
    }

    /**
     * Replaces all mappings.
     *
     * @param namesBySchema {@code sync.mappings}
     * @param files name to text of every mapping file
     */
    public void take(Map<String, String> namesBySchema, Map<String, String> files) {
        MappingSet next = MappingSet.of(namesBySchema, erased, gone, files);
        resources.publish(files);
        sharedHosts = SharedHosts.in(files);
        texts = files;
        Set<String> replaced = endpoints(taken.files());
        taken = next;
        replaced.removeAll(endpoints(next.files()));
        replaced.forEach(this::removeEndpoint);
    }

    /** The hosts that no parent is found by. */
    public SharedHosts sharedHosts() {
        return sharedHosts;
    }

    /** Whether the text of a mapping has this value as a literal, so that it is no value that a person has typed. */
    public boolean isLiteral(Mapping mapping, String value) {
        String text = texts.getOrDefault(mapping.name(), "");
        String quoted = json.valueToTree(value).toString();
        return text.contains(quoted) || text.contains("'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'");
    }

    /** The mappings in use at this moment. */
    public MappingSet inUse() {
        return taken;
    }

    /** Another object after each reload. */
    Object edition() {
        return taken;
    }

    private static Set<String> endpoints(Map<String, Mapping> files) {
        return files.values().stream().map(Mapping::endpoint).collect(Collectors.toSet());
    }

    /** Camel keeps an endpoint and its compiled mapping until the endpoint is removed. */
    private void removeEndpoint(String endpoint) {
        try {
            camel.removeEndpoints(endpoint);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Name to mapping of every mapping file in use, whatever it is for. */
    public Map<String, Mapping> files() {
        return taken.files();
    }

    /** Each record mapping once, by name. */
    public Collection<Mapping> all() {
        Map<String, Mapping> byName = new TreeMap<>();
        taken.bySchema().values().forEach(mapping -> byName.put(mapping.name(), mapping));
        return byName.values();
    }

    public Mapping of(IdentityChange change) {
        return taken.of(change);
    }

    /** The mapping of identities whose schema has none of its own. */
    public Mapping ofDefault() {
        return taken.ofDefault();
    }

    /** The endpoint of {@code event.*}, which reads a webhook's body. */
    public String event() {
        return taken.event();
    }

    /** The mapping's input. */
    public String input(SyncItem item) throws JsonProcessingException {
        return item.isGone() ? inputOfRecord(item) : json.writeValueAsString(item.getChange());
    }

    /** The input of a mapping that says what an identity leaves in its record: no value of the identity. */
    public String inputOfRecord(SyncItem item) {
        return json.createObjectNode().put("object", item.getObject()).put("event", item.getChange().event()).toString();
    }

    /** The mapping's input with the answer of {@code person.*}. */
    public String withPerson(String input, String person) throws JsonProcessingException {
        return json.writeValueAsString(((ObjectNode) json.readTree(input)).set("person", json.readTree(person)));
    }

    /**
     * Applies the mapping's result.
     *
     * @param answer JSON: an object is the record; {@code null} skips the identity, and so does {@code {"skip": "A_CODE"}},
     *        which says why; anything else is an error of the mapping
     */
    public void answered(SyncItem item, String answer) throws JsonProcessingException {
        JsonNode record = answer == null ? null : json.readTree(answer);
        if (item.isGone()) {
            marked(item, record);
        } else if (record == null || record.isNull() || record.isMissingNode()) {
            item.skipped();
        } else if (CODE.matcher(record.path("skip").asText()).matches()) {
            skip(item, record.path("skip").asText());
        } else if (record instanceof ObjectNode fields && !record.has("skip")) {
            answered(item, fields);
        } else {
            noRecord(item);
        }
    }

    /** The mark goes into the record that exists, whatever its object; {@code null} marks nothing. */
    private void marked(SyncItem item, JsonNode answer) {
        if (answer instanceof ObjectNode fields) {
            fields.remove("attributes");
            item.mapped(item.getObject(), fields);
        } else if (answer == null || answer.isNull() || answer.isMissingNode()) {
            item.mapped(item.getObject(), json.createObjectNode());
        } else {
            noRecord(item);
        }
    }

    private static void skip(SyncItem item, String code) {
        item.skipped(code, code.equals("NOTHING_TO_CALL_IT")
                ? "The identity has no name, user name, phone number or e-mail address, so there is nothing to call a record."
                        + " The app creates one at the first event that has one of them."
                : item.getMapping().name() + " skips this identity.");
    }

    public void answered(SyncItem item, ObjectNode record) {
        Optional<String> wrong = AnswerShape.problem(record);
        if (wrong.isPresent()) {
            refuse(item, item.getMapping().name() + " has a result with " + wrong.get());
            return;
        }
        String object = record.path("attributes").path("type").asText(item.getMapping().object());
        record.remove("attributes");
        MappingChoice choice = item.getMappingChoice();
        if (!item.isBound() || object.equals(item.getObject()) && !choice.hasPassedOver()) {
            item.mapped(object, record);
        } else if (object.equals(item.getObject())) {
            item.mapped(choice.settled(object), record);
        } else {
            MappingChoice rest = choice.passOver(object, record);
            item.keepChildren(rest.ownAnswer().get(Mapping.CHILDREN));
            next(item.getObject(), rest).ifPresentOrElse(mapping -> item.mapWith(rest.with(mapping)),
                    () -> item.mapped(rest.settledByOwn(item.getObject()), rest.ownAnswer()));
        }
        item.takeParts();
        RecordError note = item.getMappingChoice().note();
        if (note != null) {
            LOG.debug("{} {}: {}", item.getIdentity(), note.code(), note.message());
        }
    }

    /**
     * The next mapping that is named after the object of the item's record. Only its result tells what it really maps to.
     */
    private Optional<Mapping> next(String object, MappingChoice choice) {
        MappingSet now = taken;
        return Stream.concat(
                now.bySchema().values().stream().filter(mapping -> mapping.object().equals(object)),
                now.named(CAPITAL.matcher(object).replaceAll("-$0").toLowerCase(Locale.ROOT)))
                .filter(mapping -> !choice.hasPassedOver(mapping)).findFirst();
    }

    /**
     * The mapping's own message may quote a trait, so it is dropped.
     *
     * @throws PauseDeliveryException if the mapping is not to be invoked any more
     */
    public void failed(SyncItem item, Exception failure) {
        PauseDeliveryException pause = ObjectHelper.getException(PauseDeliveryException.class, failure);
        if (pause != null) {
            throw pause;
        }
        MappingFailedException known = ObjectHelper.getException(MappingFailedException.class, failure);
        refuse(item, known == null ? item.getMapping().name() + " has no result" : known.getMessage());
    }

    /** The mapping's result is neither an object nor, where that is allowed, {@code null}. */
    public void noRecord(SyncItem item) {
        refuse(item, item.getMapping().name() + " has a result that is not a record");
    }

    private static void refuse(SyncItem item, String what) {
        item.deadLetter(
                RecordError.of(MappingFailedException.CODE, what + " for this identity." + REMEDY));
    }

    /** The dead letter of a rejected item; a replay puts its original event into the journal again. */
    public DeadLetter deadLetter(SyncItem item) {
        IdentityChange change = item.getChange();
        RecordError error = item.getError();
        DeadLetter letter = change.letter() != null ? change.letter() : DeadLetter.of(item.getIdentity(), change.event(),
                item.getObject(), error.code(), error.message(), error.fields(), change.attempts() + 1, change.receivedAt(),
                clock.instant(), "sync", json.valueToTree(change));
        item.keptAs(letter.bare());
        return letter;
    }

    /** The event that goes into the journal again, for an item that is retried later. */
    public IdentityChange triedAgain(SyncItem item) {
        return item.attempts() > item.getChange().attempts() ? item.getChange().triedAgain() : item.getChange();
    }

    /** The same as JSON, for route files of the version before, which append it to the journal themselves. */
    public String retry(SyncItem item) throws JsonProcessingException {
        return json.writeValueAsString(triedAgain(item));
    }
}
