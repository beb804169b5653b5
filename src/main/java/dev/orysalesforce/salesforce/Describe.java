package dev.orysalesforce.salesforce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.settings.RouteNames;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.apache.camel.util.ObjectHelper;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/**
 * The org's description of an object's fields: fetched when it is first needed, then once a day.
 *
 * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm">
 *     sObject Describe</a>
 */
@Component
public class Describe {

    private static final Duration GOOD_FOR = Duration.ofDays(1);

    /** A person who gives access to an object expects to see the effect soon. */
    private static final Duration INVISIBLE_FOR = Duration.ofMinutes(1);

    private static final int NOT_FOUND = 404;

    /** The call itself may take 60 s (http-request-timeout), and a login may come before it. */
    private static final Duration LONGEST = Duration.ofSeconds(75);

    /**
     * @param name as Salesforce spells it; that of the reference if it is known by its relationship
     * @param type Salesforce's, e.g. string, email, picklist, boolean, double, date, datetime, reference
     * @param length of texts; else 0
     * @param values the values of a restricted picklist; empty for any other field
     * @param unique whether Salesforce rejects a value that another record has
     * @param externalId whether records can be addressed by it
     * @param references the objects whose records it may refer to; empty unless it is a reference
     * @param namesRecord whether it is the name field of its object
     * @param filterable whether a query can filter by it; not if the org encrypts it by the probabilistic scheme
     */
    public record Field(String name, String type, int length, boolean nillable, boolean defaulted, boolean createable, boolean updateable,
            Set<String> values, Set<String> references, boolean namesRecord, boolean unique, boolean externalId, boolean filterable) {

        /** Whether a new record must have it. */
        public boolean isRequired() {
            return !nillable && !defaulted && createable && !type.equals("boolean");
        }

        private Field optional() {
            return with(true, createable, updateable);
        }

        private Field required() {
            return with(false, createable, updateable);
        }

        private Field computed() {
            return with(nillable, false, false);
        }

        private Field with(boolean mayBeEmpty, boolean isCreateable, boolean isUpdateable) {
            return new Field(name, type, length, mayBeEmpty, defaulted, isCreateable, isUpdateable, values, references, namesRecord, unique,
                    externalId, filterable);
        }
    }

    /**
     * A record type that the run-as user may use.
     *
     * @param name Salesforce's DeveloperName
     * @param isUsual whether it is the default of the user's profile
     */
    public record RecordType(String id, String name, boolean isUsual) {}

    /** @param persons the fields of an Account that is a person account; else the same as the fields */
    private record Answer(NavigableMap<String, Field> fields, NavigableMap<String, Field> persons, List<RecordType> recordTypes,
            boolean createable, boolean updateable, Instant at) {

        NavigableMap<String, Field> fields(String object) {
            return PersonObject.PERSON_ACCOUNT.is(object) ? persons : fields;
        }
    }

    /** Only an org with person accounts has this field on Account and Contact. */
    public static final String IS_PERSON_ACCOUNT = "IsPersonAccount";

    private static final String LAST_NAME = "LastName";

    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Map<String, Instant> invisible = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<String>> calls = new ConcurrentHashMap<>();
    private final ProducerTemplate camel;
    private final ObjectMapper json;
    private final Clock clock;

    Describe(@Lazy ProducerTemplate camel, ObjectMapper json, Clock clock) {
        this.camel = camel;
        this.json = json;
        this.clock = clock;
    }

    /** Whether there is such a field, or a reference of that name. */
    public boolean has(String object, String field) {
        return fields(object, GOOD_FOR).containsKey(field);
    }

    /** The same, as far as the last description tells, however old it is; it takes no call. */
    public boolean isKnownToHave(String object, String field) {
        Answer known = answers.get(PersonObject.sObject(object));
        return known != null && known.fields(object).containsKey(field);
    }

    /** Whether a field may not be empty. */
    public boolean requires(String object, String field) {
        Field known = fields(object, GOOD_FOR).get(field);
        return known != null && !known.nillable();
    }

    /** How many characters the field holds; 0 if that is not known. */
    public int length(String object, String field) {
        Field known = fields(object, GOOD_FOR).get(field);
        return known == null ? 0 : known.length();
    }

    /** The text as Salesforce keeps it: without spaces at its ends, and no longer than the field. */
    public String stored(String object, String field, String text) {
        int length = length(object, field);
        return length > 0 ? cut(text.strip(), length) : text.strip();
    }

    /**
     * The beginning of a text that is too long, without half of a surrogate pair at its end.
     *
     * @param length in UTF-16 code units, as Salesforce counts; at least 1
     */
    public static String cut(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        boolean splitsPair = Character.isHighSurrogate(text.charAt(length - 1));
        return text.substring(0, splitsPair ? length - 1 : length);
    }

    /** The name of a field or reference as Salesforce spells it; null if there is none. */
    public String spelling(String object, String field) {
        String name = answer(object, GOOD_FOR).fields(object).ceilingKey(field);
        return field.equalsIgnoreCase(name) ? name : null;
    }

    /**
     * The fields that the run-as user may see, by field or name of a relationship, in any case.
     *
     * @param goodFor how old the answer may be
     */
    public Map<String, Field> fields(String object, Duration goodFor) {
        return answer(object, goodFor).fields(object);
    }

    /** The record types that the run-as user may use. */
    public List<RecordType> recordTypes(String object, Duration goodFor) {
        return answer(object, goodFor).recordTypes();
    }

    /** Whether the run-as user may create and change records of an object, whatever the fields. */
    public boolean isWriteable(String object, Duration goodFor) {
        Answer answer = answer(object, goodFor);
        return answer.createable() && answer.updateable();
    }

    /** Whether the run-as user may create records of an object. */
    public boolean isCreateable(String object, Duration goodFor) {
        return answer(object, goodFor).createable();
    }

    /** Whether the run-as user may change records of an object. */
    public boolean isUpdateable(String object, Duration goodFor) {
        return answer(object, goodFor).updateable();
    }

    /** Whether the run-as user may see the object at all. If not, that is checked once a minute. */
    public boolean isVisible(String object) {
        Instant since = invisible.get(object);
        if (since != null && since.plus(INVISIBLE_FOR).isAfter(clock.instant())) {
            return false;
        }
        try {
            answer(object, GOOD_FOR);
            invisible.remove(object);
            return true;
        } catch (NotVisibleException e) {
            invisible.put(object, clock.instant());
            return false;
        }
    }

    /** Salesforce says that there is no such object. */
    private static final class NotVisibleException extends PauseDeliveryException {

        NotVisibleException(String object) {
            super("NOT_FOUND", "Salesforce does not show the object " + object + " to the run-as user — Give it read access.");
        }
    }

    private Answer answer(String object, Duration goodFor) {
        String sObject = PersonObject.sObject(object);
        Answer known = answers.get(sObject);
        if (known != null && known.at().plus(goodFor).isAfter(clock.instant())) {
            return known;
        }
        Answer fresh = read(sObject, fetch(sObject));
        answers.put(sObject, fresh);
        return fresh;
    }

    /**
     * Concurrent callers share the call. Another thread makes it: a batch that called Salesforce in the middle of a split
     * would lose the parts that are done (Camel 4.17).
     */
    private String fetch(String object) {
        CompletableFuture<String> call = calls.computeIfAbsent(object, name -> camel.asyncRequestBodyAndHeader(
                RouteNames.DESCRIBE_OBJECT, null, "object", name, String.class)
                .orTimeout(LONGEST.toMillis(), TimeUnit.MILLISECONDS));
        try {
            return call.join();
        } catch (CompletionException e) {
            SalesforceException salesforce = ObjectHelper.getException(SalesforceException.class, e);
            if (salesforce != null && salesforce.getStatusCode() == NOT_FOUND
                    && String.valueOf(salesforce.getMessage()).contains("errorCode")) {
                throw new NotVisibleException(object);
            }
            throw CallFailure.unavailable(e);
        } finally {
            calls.remove(object, call);
        }
    }

    private Answer read(String sObject, String answer) {
        try {
            JsonNode described = json.readTree(answer == null ? "" : answer);
            if (!described.path("fields").isArray()) {
                throw unreadable();
            }
            NavigableMap<String, Field> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER); // as Salesforce reads them
            for (JsonNode field : described.path("fields")) {
                Set<String> values = new LinkedHashSet<>();
                for (JsonNode value : field.path("restrictedPicklist").asBoolean() ? field.path("picklistValues") : List.<JsonNode>of()) {
                    if (value.path("active").asBoolean(true)) {
                        values.add(value.path("value").asText());
                    }
                }
                Set<String> references = new LinkedHashSet<>();
                field.path("referenceTo").forEach(object -> references.add(object.asText()));
                Field known = new Field(field.path("name").asText(), field.path("type").asText(), field.path("length").asInt(),
                        field.path("nillable").asBoolean(true), field.path("defaultedOnCreate").asBoolean(),
                        field.path("createable").asBoolean(true), field.path("updateable").asBoolean(true), values,
                        references, field.path("nameField").asBoolean(), field.path("unique").asBoolean(),
                        field.path("externalId").asBoolean(), field.path("filterable").asBoolean(true));
                fields.put(field.path("name").asText(), known);
                if (field.hasNonNull("relationshipName")) {
                    fields.put(field.path("relationshipName").asText(), known);
                }
            }
            NavigableMap<String, Field> persons = new TreeMap<>(fields);
            if (PersonObject.PERSON_ACCOUNT.sObject().equals(sObject) && fields.containsKey(IS_PERSON_ACCOUNT)) {
                fields.computeIfPresent(LAST_NAME, (name, field) -> field.optional());
                persons.computeIfPresent(LAST_NAME, (name, field) -> field.required());
                persons.computeIfPresent("Name", (name, field) -> field.computed());
            }
            List<RecordType> recordTypes = new ArrayList<>();
            for (JsonNode type : described.path("recordTypeInfos")) {
                if (type.path("available").asBoolean() && !type.path("master").asBoolean()) {
                    recordTypes.add(new RecordType(type.path("recordTypeId").asText(), type.path("developerName").asText(),
                            type.path("defaultRecordTypeMapping").asBoolean()));
                }
            }
            return new Answer(fields, persons, recordTypes, described.path("createable").asBoolean(true),
                    described.path("updateable").asBoolean(true), clock.instant());
        } catch (JsonProcessingException e) {
            throw unreadable();
        }
    }

    private static PauseDeliveryException unreadable() {
        return new PauseDeliveryException("UNREADABLE_ANSWER", "Salesforce described an object with something that is not a"
                + " description. A proxy in between?");
    }
}
