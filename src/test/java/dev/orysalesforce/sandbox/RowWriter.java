package dev.orysalesforce.sandbox;

import dev.orysalesforce.sandbox.FieldRule.Trait;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Writes one row, or refuses it in Salesforce's words. The order of the checks is Salesforce's order of execution:
 * access, field values, validation rules, duplicate rules, unique fields.
 */
final class RowWriter {
    private static final Pattern EMAIL = Pattern.compile(
            "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
                    + "@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\\.)+[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])");
    private static final Instant EARLIEST = Instant.parse("1700-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("4000-12-31T23:59:59Z");
    private static final BigDecimal GREATEST = BigDecimal.TEN.pow(18);

    private final Org org;
    private final Faults faults;

    RowWriter(Org org, Faults faults) {
        this.org = org;
        this.faults = faults;
    }

    RowResult write(RowPlan plan, CallContext context, Transaction transaction) {
        try {
            if (plan.refusal() != null) {
                throw new RowRefused(plan.refusal());
            }
            SandboxRecord before = plan.targetId() == null ? null : plan.table().get(plan.targetId());
            refuseOnCommand(plan, before);
            return plan.targetId() == null
                    ? create(plan, context, transaction)
                    : update(plan, before, context, transaction);
        } catch (RowRefused refused) {
            return RowResult.refused(refused.error());
        }
    }

    RowResult delete(ObjectTable table, String id, CallContext context, Transaction transaction) {
        try {
            SandboxRecord record = changeable(table, id, Org.Permission.DELETE);
            refuseOnCommand(new RowAttempt(record.object(), id, record.identity(), Map.of()));
            SandboxRecord deleted = org.changed(record, Map.of("IsDeleted", true));
            transaction.put(table, deleted);
            transaction.log(new Write(0, context.call(), Instant.now(), record.object(), id, record.identity(),
                    Write.Operation.DELETE, Map.of(), null));
            return RowResult.written(id, false);
        } catch (RowRefused refused) {
            return RowResult.refused(refused.error());
        }
    }

    private RowResult create(RowPlan plan, CallContext context, Transaction transaction) {
        ObjectSchema schema = plan.table().schema();
        if (!org.may(schema.name(), Org.Permission.CREATE)) {
            throw new RowRefused("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", org.says("entity type cannot be inserted: ",
                    "Entitätstyp kann nicht eingefügt werden: ") + schema.name());
        }
        Map<String, Object> values = storable(schema, plan.data().values(), Trait.CREATEABLE);
        List<String> missing = new ArrayList<>();
        for (FieldRule rule : schema.required()) {
            if (values.get(rule.name()) == null && org.personAccounts().requires(schema, rule, values)) {
                missing.add(rule.name());
            }
        }
        if (!missing.isEmpty()) {
            throw requiredFieldMissing(missing);
        }
        if (schema.name().equals(CampaignMembers.MEMBER)) {
            org.campaignMembers().complete(values);
        }
        org.personAccounts().complete(schema, null, values);
        assign(schema, values, true, context);
        SandboxRecord record = org.newRecord(schema, values);
        check(plan.table(), null, record, context);
        return written(plan, null, record, values, context, transaction);
    }

    private RowResult update(RowPlan plan, SandboxRecord before, CallContext context, Transaction transaction) {
        ObjectSchema schema = plan.table().schema();
        changeable(plan.table(), plan.targetId(), Org.Permission.EDIT);
        if (before.is("IsConverted") && !org.isConvertedEditable()) {
            throw new RowRefused("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead");
        }
        Map<String, Object> values = storable(schema, plan.data().values(), Trait.UPDATEABLE);
        org.personAccounts().complete(schema, before, values);
        assign(schema, values, false, context);
        SandboxRecord record = org.changed(before, values);
        check(plan.table(), before, record, context);
        return written(plan, before, record, values, context, transaction);
    }

    private RowResult written(RowPlan plan, SandboxRecord before, SandboxRecord record, Map<String, Object> values,
            CallContext context, Transaction transaction) {
        transaction.put(plan.table(), org.personAccounts().mirrored(record, transaction::put));
        String identity = record.identity() != null || before == null ? record.identity() : before.identity();
        transaction.log(new Write(0, context.call(), Instant.now(), record.object(), record.id(), identity,
                before == null ? Write.Operation.CREATE : Write.Operation.UPDATE,
                Collections.unmodifiableMap(values), plan.data().updatedAt()));
        return RowResult.written(record.id(), before == null);
    }

    private SandboxRecord changeable(ObjectTable table, String id, Org.Permission permission) {
        SandboxRecord record = table.get(id);
        if (record == null || permission == Org.Permission.DELETE && org.isHidden(id)) {
            throw new RowRefused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id");
        }
        if (record.isDeleted()) {
            throw new RowRefused("ENTITY_IS_DELETED", "entity is deleted");
        }
        if (permission == Org.Permission.EDIT && !org.may(record.object(), permission)) {
            throw new RowRefused("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", org.says("entity type cannot be updated: ",
                    "Entitätstyp kann nicht aktualisiert werden: ") + record.object());
        }
        if (org.isReadOnly(id) || org.isHidden(id) || !org.may(record.object(), permission)) {
            throw new RowRefused("INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id");
        }
        return record;
    }

    private Map<String, Object> storable(ObjectSchema schema, Map<String, Object> sent, Trait needed) {
        List<String> forbidden = new ArrayList<>();
        List<String> emptied = new ArrayList<>();
        Map<String, Object> values = new LinkedHashMap<>();
        for (Map.Entry<String, Object> entry : sent.entrySet()) {
            FieldRule rule = schema.rule(entry.getKey()).orElseThrow();
            if (!rule.is(needed)) {
                forbidden.add(rule.name());
                continue;
            }
            Object value = storable(rule, entry.getValue());
            if (value == null && !rule.is(Trait.NILLABLE)) {
                emptied.add(rule.name());
            }
            values.put(rule.name(), value);
        }
        if (!forbidden.isEmpty()) {
            throw new RowRefused("INVALID_FIELD_FOR_INSERT_UPDATE", "Unable to create/update fields: "
                    + String.join(", ", forbidden) + ". Please check the security settings of this field and verify "
                    + "that it is read/write for your profile or permission set.", forbidden.toArray(String[]::new));
        }
        if (!emptied.isEmpty()) {
            throw requiredFieldMissing(emptied);
        }
        return values;
    }

    private Object storable(FieldRule rule, Object value) {
        if (value instanceof ForeignKey key) {
            return resolve(key);
        }
        if (value instanceof BigDecimal number && number.abs().compareTo(GREATEST) >= 0) {
            throw new RowRefused("NUMBER_OUTSIDE_VALID_RANGE",
                    rule.label() + ": value outside of valid range on numeric field: " + number, rule.name());
        }
        if (rule.type() == FieldType.BOOLEAN && value == null) {
            throw new RowRefused("INVALID_TYPE_ON_FIELD_IN_RECORD", rule.label() + ": value not of required type: ",
                    rule.name());
        }
        if (value instanceof Instant moment) {
            if (moment.isBefore(EARLIEST) || moment.isAfter(LATEST)) {
                throw new RowRefused("NUMBER_OUTSIDE_VALID_RANGE",
                        rule.label() + ": value outside of valid range on date field: " + moment, rule.name());
            }
            return SalesforceTime.stored(moment);
        }
        if (!(value instanceof String text)) {
            return value;
        }
        String trimmed = text.strip();
        return trimmed.isEmpty() ? null : checked(rule, trimmed);
    }

    private Object checked(FieldRule rule, String text) {
        if (rule.type() == FieldType.REFERENCE) {
            String id = RecordId.normalize(text);
            if (id == null) {
                throw new RowRefused("MALFORMED_ID", rule.label() + ": id value of incorrect type: " + text,
                        rule.name());
            }
            refuseIfMissing(rule, id);
            return id;
        }
        if (rule.type() == FieldType.EMAIL && !EMAIL.matcher(text).matches()) {
            throw new RowRefused("INVALID_EMAIL_ADDRESS", rule.label() + ": invalid email address: " + text,
                    rule.name());
        }
        if (rule.length() > 0 && text.length() > rule.length()) {
            throw new RowRefused("STRING_TOO_LONG", rule.label() + ": data value too large: " + text
                    + " (max length=" + rule.length() + ")", rule.name());
        }
        if (rule.type() == FieldType.PICKLIST && rule.is(Trait.RESTRICTED) && !rule.values().contains(text)) {
            throw new RowRefused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                    rule.label() + ": bad value for restricted picklist field: " + text, rule.name());
        }
        return text;
    }

    /** Owners are not checked, because the org has no users. */
    private void refuseIfMissing(FieldRule rule, String id) {
        if (rule.referenceTo().equals("User")) {
            return;
        }
        SandboxRecord target = org.findTable(rule.referenceTo()).map(table -> table.get(id)).orElse(null);
        if (target == null) {
            throw new RowRefused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", rule.name());
        }
        if (target.isDeleted()) {
            throw new RowRefused("ENTITY_IS_DELETED", "entity is deleted");
        }
    }

    private String resolve(ForeignKey key) {
        List<SandboxRecord> parents = key.parent().live(key.field(), key.value());
        if (parents.isEmpty()) {
            String field = key.field().name();
            String entity = key.parent().schema().name();
            throw new RowRefused("INVALID_FIELD", org.says(
                    "Foreign key external ID: " + key.value() + " not found for field " + field + " in entity " + entity,
                    "Externe ID " + key.value() + " wurde für Feld " + field + " in Entität " + entity + " nicht gefunden"));
        }
        if (parents.size() > 1) {
            throw duplicateExternalId(parents);
        }
        return parents.get(0).id();
    }

    private void assign(ObjectSchema schema, Map<String, Object> values, boolean isNew, CallContext context) {
        if (context.autoAssign()) {
            org.assignee(schema.name(), isNew).ifPresent(owner -> values.put("OwnerId", owner));
        }
    }

    private void check(ObjectTable table, SandboxRecord before, SandboxRecord record, CallContext context) {
        for (ValidationRule rule : org.validationRules()) {
            if (rule.object().equals(record.object()) && rule.broken().test(record)) {
                throw rule.field() == null
                        ? new RowRefused("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message())
                        : new RowRefused("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message(), rule.field());
            }
        }
        for (DuplicateRule rule : org.duplicateRules()) {
            if (rule.object().equals(record.object()) && (rule.blocking() || !context.allowSave())
                    && emailIsNew(before, record) && (before == null || rule.onUpdate())) {
                refuseDuplicates(rule, record);
            }
        }
        for (FieldRule rule : table.schema().unique()) {
            Object value = record.get(rule.name());
            if (value != null) {
                for (SandboxRecord other : table.live(rule, value)) {
                    if (!other.id().equals(record.id())) {
                        throw new RowRefused("DUPLICATE_VALUE", "duplicate value found: " + rule.name()
                                + " duplicates value on record with id: " + other.id().substring(0, 15));
                    }
                }
            }
        }
    }

    private static boolean emailIsNew(SandboxRecord before, SandboxRecord record) {
        String email = record.text("Email");
        return email != null && (before == null || !email.equalsIgnoreCase(before.text("Email")));
    }

    private void refuseDuplicates(DuplicateRule rule, SandboxRecord record) {
        List<Object> results = new ArrayList<>();
        for (String object : rule.matches()) {
            ObjectTable table = org.table(object);
            List<Object> matches = new ArrayList<>();
            boolean isOfCompanies = object.equals("Account");
            for (SandboxRecord other : table.live(table.schema().rule(isOfCompanies ? "Name" : "Email").orElseThrow(),
                    record.get(isOfCompanies ? "Company" : "Email"))) {
                if (!other.id().equals(record.id()) && !other.is("IsConverted")) {
                    matches.add(Map.of("additionalInformation", List.of(), "fieldDiffs", List.of(),
                            "matchConfidence", 100.0,
                            "record", Map.of("attributes", Map.of("type", object,
                                    "url", "/services/data/v62.0/sobjects/" + object + "/" + other.id()),
                                    "Id", other.id())));
                }
            }
            if (!matches.isEmpty()) {
                results.add(Map.of("entityType", object, "errors", List.of(), "matchEngine", "ExactMatchEngine",
                        "matchRecords", matches, "rule", "Standard_" + object + "_Match_Rule_v1_0",
                        "size", matches.size(), "success", true));
            }
        }
        if (!results.isEmpty()) {
            String message = "Use one of these records?";
            throw new RowRefused(new RowError("DUPLICATES_DETECTED", message, List.of(),
                    Map.of("duplicateResut", Map.of("allowSave", !rule.blocking(), "duplicateRule", rule.name(),
                            "duplicateRuleEntityType", rule.object(), "errorMessage", message,
                            "matchResults", results))));
        }
    }

    private void refuseOnCommand(RowPlan plan, SandboxRecord before) {
        String identity = plan.data().identity();
        if (identity == null && before != null) {
            identity = before.identity();
        }
        refuseOnCommand(new RowAttempt(plan.table().schema().name(), plan.targetId(), identity, plan.data().values()));
    }

    private void refuseOnCommand(RowAttempt row) {
        RowError error = faults.refusalOf(row);
        if (error != null) {
            throw new RowRefused(error);
        }
    }

    static RowRefused duplicateExternalId(List<SandboxRecord> matches) {
        return new RowRefused("DUPLICATE_EXTERNAL_ID", "Duplicate external id found: more than one record found for "
                + "external id field: " + matches.stream().map(SandboxRecord::id).toList());
    }

    private static RowRefused requiredFieldMissing(List<String> fields) {
        return new RowRefused("REQUIRED_FIELD_MISSING", "Required fields are missing: " + fields,
                fields.toArray(String[]::new));
    }
}
