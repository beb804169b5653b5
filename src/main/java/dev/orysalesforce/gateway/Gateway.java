package dev.orysalesforce.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.orysalesforce.journal.DeadLetter;
import dev.orysalesforce.journal.IdentityChange;
import dev.orysalesforce.journal.PrebuiltRecord;
import dev.orysalesforce.journal.ReceiptClock;
import dev.orysalesforce.receive.BadRequestException;
import dev.orysalesforce.receive.BodyText;
import dev.orysalesforce.receive.Problem;
import dev.orysalesforce.receive.Problems;
import dev.orysalesforce.receive.SalesforceError;
import dev.orysalesforce.salesforce.OryFields;
import dev.orysalesforce.settings.SyncSettings;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Reads the records that the Jsonnet of an Ory Action has built, and that are sent to Salesforce's own paths. */
@Component("gateway")
public class Gateway {

    private static final String UNREADABLE = "UNREADABLE_BODY";
    private static final String NO_IDENTITY = "NO_IDENTITY";
    private static final String ADD = "Add to the record in the Jsonnet of the Ory Action: " + OryFields.ORY_ID
            + ": ctx.identity.id";

    /** Salesforce ignores the case of field names; the app itself reads these. */
    private static final Map<String, String> SPELLING = Stream.of(OryFields.ORY_ID, OryFields.ORY_UPDATED_AT, "Email",
            "attributes", "id", "onCreate").collect(Collectors.toMap(name -> name.toLowerCase(Locale.ROOT), name -> name));

    private final ObjectMapper json;
    private final BodyText bodyText;
    private final ReceiptClock receiptClock;
    private final Clock clock;
    private final List<String> objects;
    private final Problems problems;

    Gateway(ObjectMapper json, BodyText bodyText, ReceiptClock receiptClock, Clock clock, SyncSettings settings, Problems problems) {
        this.json = json;
        this.bodyText = bodyText;
        this.receiptClock = receiptClock;
        this.clock = clock;
        this.objects = settings.gateway().objects();
        this.problems = problems;
    }

    /**
     * Reads one record.
     *
     * @param object of the path
     * @param field of the path; null if it names none
     * @param value of the path; null if it names none
     */
    public GatewayRecord one(byte[] body, String object, String field, String value, String triggerId) {
        try {
            return read(parsed(body), new Target(object, field, value), receiptClock.next(), triggerId);
        } catch (GatewayException e) {
            return GatewayRecord.refused(e.error(), keep(e, null, new TextNode(bodyText.kept(body)), clock.instant()));
        }
    }

    /**
     * The event of a gateway body, for previews.
     *
     * @return null if the body is one of a webhook
     */
    public IdentityChange record(String body) throws JsonProcessingException {
        JsonNode record = json.readTree(body);
        boolean isRecord = record.isObject() && record.properties().stream()
                .anyMatch(field -> field.getKey().equalsIgnoreCase(OryFields.ORY_ID));
        if (!isRecord) {
            return null;
        }
        String object = record.hasNonNull("attributes") ? null : objects.get(0);
        GatewayRecord read = read(record, new Target(object, null, null), clock.instant(), null);
        if (!read.isAccepted()) {
            throw new BadRequestException(read.error().message());
        }
        return read.event();
    }

    /** The target that the path names. */
    private record Target(String object, String field, String value) {}

    private JsonNode parsed(byte[] body) {
        try {
            JsonNode parsed = json.readTree(bodyText.read(body));
            if (parsed.isObject()) {
                return parsed;
            }
        } catch (IOException e) {
            // reported below, without the parser's message, which quotes the body
        }
        throw new GatewayException(UNREADABLE, SalesforceError.of("JSON_PARSER_ERROR", bodyText.kept(body).isBlank()
                ? problems.problem("UNREADABLE_BODY.empty").detail()
                : "The body is not a JSON object in UTF-8. Check the Jsonnet of the Ory Action; it has to be function(ctx) and answer"
                        + " the record."));
    }

    private GatewayRecord read(JsonNode record, Target target, Instant at, String triggerId) {
        try {
            ObjectNode fields = fields(record);
            String object = object(target.object(), fields.remove("attributes"));
            String identity = identity(target, fields.remove(OryFields.ORY_ID));
            fields.remove(OryFields.ORY_UPDATED_AT); // the app sets it to the time of receipt
            if (fields.has("id")) {
                throw new GatewayException("INVALID_FIELD", SalesforceError.of("INVALID_FIELD",
                        "A record is found by " + OryFields.ORY_ID + ", not by its Salesforce ID. Take it out.", "Id"));
            }
            return GatewayRecord.of(IdentityChange.prebuilt(identity, new PrebuiltRecord(object, at, fields), triggerId),
                    target.field() == null);
        } catch (GatewayException e) {
            return GatewayRecord.refused(e.error(), letter(e, target, record, at));
        }
    }

    /** A field name may become a part of a query. Names that differ in their case only are one field. */
    private ObjectNode fields(JsonNode record) {
        if (!record.isObject()) {
            throw new GatewayException(UNREADABLE, SalesforceError.of("JSON_PARSER_ERROR", "A record is not a JSON object."));
        }
        ObjectNode fields = json.createObjectNode();
        Set<String> names = new HashSet<>();
        record.properties().forEach(field -> {
            String name = SPELLING.getOrDefault(field.getKey().toLowerCase(Locale.ROOT), field.getKey());
            if (!name.matches("[A-Za-z][A-Za-z0-9_]{0,99}") || !names.add(name.toLowerCase(Locale.ROOT))) {
                throw new GatewayException(UNREADABLE, SalesforceError.of("INVALID_FIELD",
                        "A name in the record can't be that of a field, or is there twice."));
            }
            fields.set(name, field.getValue());
        });
        return fields;
    }

    private String object(String ofPath, JsonNode attributes) {
        String type = attributes == null ? null : attributes.path("type").textValue();
        String named = ofPath != null ? ofPath : type;
        if (named == null) {
            throw new GatewayException(UNREADABLE, SalesforceError.of("INVALID_TYPE", "The record does not name its object. Add to the"
                    + " record in the Jsonnet of the Ory Action: attributes: { type: '" + objects.get(0) + "' }", "attributes"));
        }
        if (type != null && !type.equalsIgnoreCase(named)) {
            throw new GatewayException(UNREADABLE, SalesforceError.of("INVALID_TYPE",
                    "The path and the record's attributes.type name different objects.", "attributes"));
        }
        return objects.stream().filter(named::equalsIgnoreCase).findFirst().orElseThrow(() -> new GatewayException(
                "OBJECT_NOT_ALLOWED", SalesforceError.of("NOT_FOUND", "Records of this object are not accepted. The gateway"
                        + " takes " + String.join(", ", objects) + " (sync.gateway.objects).")));
    }

    private String identity(Target target, JsonNode inBody) {
        if (target.field() != null && !target.field().equalsIgnoreCase(OryFields.ORY_ID)) {
            throw new GatewayException(NO_IDENTITY, SalesforceError.of("NOT_FOUND", "The external ID field in the path has to be "
                    + OryFields.ORY_ID + ", with ctx.identity.id as its value.", OryFields.ORY_ID));
        }
        String told = inBody == null ? null : inBody.textValue();
        String id = target.value() != null ? target.value() : told;
        if (id == null) {
            throw new GatewayException(NO_IDENTITY, SalesforceError.of("REQUIRED_FIELD_MISSING", "The record does not say whose it"
                    + " is. " + ADD, OryFields.ORY_ID));
        }
        if (told != null && !told.equalsIgnoreCase(id)) {
            throw new GatewayException(NO_IDENTITY, SalesforceError.of("INVALID_FIELD", "The path and the body name different"
                    + " identities. Take " + OryFields.ORY_ID + " out of the body.", OryFields.ORY_ID));
        }
        IdentityChange change = IdentityChange.erase(id, Instant.EPOCH);
        if (change.isNotStored()) {
            Problem notStored = problems.problem("IDENTITY_NOT_STORED");
            throw new GatewayException(notStored.code(), SalesforceError.of("INVALID_FIELD", notStored.detail(), OryFields.ORY_ID));
        }
        if (change.identityId() == null) {
            throw new GatewayException(NO_IDENTITY, SalesforceError.of("INVALID_FIELD", OryFields.ORY_ID + " is not the ID of an Ory"
                    + " identity, which is a UUID. " + ADD, OryFields.ORY_ID));
        }
        return change.identityId();
    }

    private DeadLetter letter(GatewayException why, Target target, JsonNode record, Instant at) {
        String told = target.value() != null ? target.value() : record.path(OryFields.ORY_ID).textValue();
        return keep(why, told == null ? null : IdentityChange.erase(told, at).identityId(), record, at);
    }

    private DeadLetter keep(GatewayException why, String identity, JsonNode original, Instant at) {
        return DeadLetter.of(identity, IdentityChange.GATEWAY, null, why.code(), why.error().message(), why.error().fields(), 0, at,
                clock.instant(), "gateway", original);
    }
}
