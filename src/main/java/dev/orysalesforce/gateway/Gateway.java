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
import dev.orysalesforce.operator.BadRequestException;
import dev.orysalesforce.receive.BodyText;
import dev.orysalesforce.receive.SalesforceError;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.write.FieldDiff;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Reads the records that the Jsonnet of an Ory Action has built, and that are sent to Salesforce's own paths. */
@Component("gateway")
public class Gateway {

    private static final String UNREADABLE = "UNREADABLE_BODY";
    private static final String NO_IDENTITY = "NO_IDENTITY";
    private static final String ADD = "Add to the record in the Jsonnet of the Ory Action: " + FieldDiff.ORY_ID
            + ": ctx.identity.id";

    /** Salesforce does not mind how a field is spelled; these the app itself looks at. */
    private static final Map<String, String> SPELLING = Stream.of(FieldDiff.ORY_ID, FieldDiff.ORY_UPDATED_AT, "Email",
            "attributes", "id", "onCreate").collect(Collectors.toMap(name -> name.toLowerCase(), name -> name));

    private final ObjectMapper json;
    private final BodyText bodyText;
    private final ReceiptClock receiptClock;
    private final Clock clock;
    private final List<String> objects;

    Gateway(ObjectMapper json, BodyText bodyText, ReceiptClock receiptClock, Clock clock, SyncSettings settings) {
        this.json = json;
        this.bodyText = bodyText;
        this.receiptClock = receiptClock;
        this.clock = clock;
        this.objects = settings.gateway().objects();
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
     * The event of a body that is meant for the gateway, for previews.
     *
     * @return null if the body is meant for a webhook
     */
    public IdentityChange record(String body) throws JsonProcessingException {
        JsonNode record = json.readTree(body);
        boolean isRecord = record.isObject() && record.properties().stream()
                .anyMatch(field -> field.getKey().equalsIgnoreCase(FieldDiff.ORY_ID));
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

    /** What the path says. */
    private record Target(String object, String field, String value) {}

    private JsonNode parsed(byte[] body) {
        try {
            JsonNode parsed = json.readTree(bodyText.read(body));
            if (parsed.isObject()) {
                return parsed;
            }
        } catch (IOException e) {
            // said below, without the words of the parser, which quote
        }
        throw new GatewayException(UNREADABLE, SalesforceError.of("JSON_PARSER_ERROR", bodyText.kept(body).isBlank()
                ? "The body is empty. Ory sends an empty body when the context of an event comes near 64 KiB; keep traits and"
                        + " metadata small."
                : "The body is not a JSON object in UTF-8. Check the Jsonnet of the Ory Action; it has to be function(ctx) and answer"
                        + " the record."));
    }

    private GatewayRecord read(JsonNode record, Target target, Instant at, String triggerId) {
        try {
            ObjectNode fields = fields(record);
            String object = object(target.object(), fields.remove("attributes"));
            String identity = identity(target, fields.remove(FieldDiff.ORY_ID));
            fields.remove(FieldDiff.ORY_UPDATED_AT); // is the time of receipt
            if (fields.has("id")) {
                throw new GatewayException("INVALID_FIELD", SalesforceError.of("INVALID_FIELD",
                        "A record is found by " + FieldDiff.ORY_ID + ", not by its Salesforce ID. Take it out.", "Id"));
            }
            return GatewayRecord.of(IdentityChange.prebuilt(identity, new PrebuiltRecord(object, at, fields), triggerId),
                    target.field() == null);
        } catch (GatewayException e) {
            return GatewayRecord.refused(e.error(), letter(e, target, record, at));
        }
    }

    /** A name may become a part of a query. */
    private ObjectNode fields(JsonNode record) {
        if (!record.isObject()) {
            throw new GatewayException(UNREADABLE, SalesforceError.of("JSON_PARSER_ERROR", "A record is not a JSON object."));
        }
        ObjectNode fields = json.createObjectNode();
        record.properties().forEach(field -> {
            String name = SPELLING.getOrDefault(field.getKey().toLowerCase(), field.getKey());
            if (!name.matches("[A-Za-z][A-Za-z0-9_]{0,99}") || fields.has(name)) {
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
            throw new GatewayException(UNREADABLE, SalesforceError.of("INVALID_TYPE", "The record does not say what it is. Add to the"
                    + " record in the Jsonnet of the Ory Action: attributes: { type: '" + objects.get(0) + "' }", "attributes"));
        }
        if (type != null && !type.equalsIgnoreCase(named)) {
            throw new GatewayException(UNREADABLE, SalesforceError.of("INVALID_TYPE",
                    "The path and the record's attributes.type name different objects.", "attributes"));
        }
        return objects.stream().filter(named::equalsIgnoreCase).findFirst().orElseThrow(() -> new GatewayException(
                "OBJECT_NOT_ALLOWED", SalesforceError.of("NOT_FOUND", "Records of this object are not taken. The gateway"
                + " takes " + String.join(", ", objects) + " (sync.gateway.objects).")));
    }

    private static String identity(Target target, JsonNode inBody) {
        if (target.field() != null && !target.field().equalsIgnoreCase(FieldDiff.ORY_ID)) {
            throw new GatewayException(NO_IDENTITY, SalesforceError.of("NOT_FOUND", "The external ID field in the path has to be "
                    + FieldDiff.ORY_ID + ", with ctx.identity.id as its value.", FieldDiff.ORY_ID));
        }
        String told = inBody == null ? null : inBody.textValue();
        String id = target.value() != null ? target.value() : told;
        if (id == null) {
            throw new GatewayException(NO_IDENTITY, SalesforceError.of("REQUIRED_FIELD_MISSING", "The record does not say whose it"
                    + " is. " + ADD, FieldDiff.ORY_ID));
        }
        if (told != null && !told.equalsIgnoreCase(id)) {
            throw new GatewayException(NO_IDENTITY, SalesforceError.of("INVALID_FIELD", "The path and the body name different"
                    + " identities. Take " + FieldDiff.ORY_ID + " out of the body.", FieldDiff.ORY_ID));
        }
        IdentityChange change = IdentityChange.erase(id, Instant.EPOCH);
        if (change.isNotStored()) {
            throw new GatewayException("IDENTITY_NOT_STORED", SalesforceError.of("INVALID_FIELD", "The identity has no ID yet, because"
                    + " this hook runs before Ory stores it. In the Ory Action set response.ignore to true, and remove"
                    + " response.parse and can_interrupt.", FieldDiff.ORY_ID));
        }
        if (change.identityId() == null) {
            throw new GatewayException(NO_IDENTITY, SalesforceError.of("INVALID_FIELD", FieldDiff.ORY_ID + " is not the ID of an Ory"
                    + " identity, which is a UUID. " + ADD, FieldDiff.ORY_ID));
        }
        return change.identityId();
    }

    private DeadLetter letter(GatewayException why, Target target, JsonNode record, Instant at) {
        String told = target.value() != null ? target.value() : record.path(FieldDiff.ORY_ID).textValue();
        return keep(why, told == null ? null : IdentityChange.erase(told, at).identityId(), record, at);
    }

    private DeadLetter keep(GatewayException why, String identity, JsonNode original, Instant at) {
        return DeadLetter.of(identity, IdentityChange.GATEWAY, why.code(), why.error().message(), why.error().fields(), 0, at,
                clock.instant(), "gateway", original);
    }
}
