package dev.orysalesforce.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** sObject Collections: up to 200 records in one call. */
final class CollectionCalls {
    static final int MOST_RECORDS = 200;
    private static final int MOST_CHUNKS = 10;
    private static final int MOST_UPDATES_OF_ONE_RECORD = 12;

    private final Org org;
    private final RowReader reader;
    private final RowWriter writer;

    CollectionCalls(Org org, RowReader reader, RowWriter writer) {
        this.org = org;
        this.reader = reader;
        this.writer = writer;
    }

    Prepared upsert(ApiRequest request, CallContext context, String object, String externalField) {
        ObjectTable table = org.findTable(object).orElseThrow(ApiError::notFound);
        FieldRule rule = externalField(table.schema(), externalField);
        ObjectNode body = Json.readObject(request.body());
        List<RowData> rows = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        for (ObjectNode record : records(body)) {
            if (tableOf(record) != table) {
                throw new ApiError(400, "INVALID_TYPE", "The type in the record attributes is not the type in the URI: "
                        + record.path("attributes").path("type").asText());
            }
            RowData row = reader.read(table.schema(), record);
            if (row.id() != null) {
                throw new ApiError(400, "INVALID_FIELD", "The Id field should not be specified in the sobject data.");
            }
            rows.add(row);
            seen.merge(key(rule, row), 1, Integer::sum);
        }
        List<RowPlan> plans = org.locked(() -> {
            List<RowPlan> planned = new ArrayList<>();
            for (RowData row : rows) {
                planned.add(seen.get(key(rule, row)) > 1 && !key(rule, row).isEmpty()
                        ? RowPlan.refused(table, row, new RowError("DUPLICATE_VALUE",
                                "Duplicate external id specified: " + row.values().get(rule.name()), rule.name()))
                        : plan(table, rule, row));
            }
            return planned;
        });
        return prepared(plans, body.path("allOrNone").asBoolean(false), true, context);
    }

    Prepared create(ApiRequest request, CallContext context) {
        ObjectNode body = Json.readObject(request.body());
        List<RowPlan> plans = new ArrayList<>();
        List<ObjectTable> types = new ArrayList<>();
        for (ObjectNode record : records(body)) {
            ObjectTable table = tableOf(record);
            types.add(table);
            RowData row = reader.read(table.schema(), record);
            plans.add(row.id() == null
                    ? RowPlan.create(table, row)
                    : RowPlan.refused(table, row, new RowError("INVALID_FIELD_FOR_INSERT_UPDATE",
                            "cannot specify Id in an insert call", "Id")));
        }
        checkChunks(types);
        return prepared(plans, body.path("allOrNone").asBoolean(false), false, context);
    }

    Prepared update(ApiRequest request, CallContext context) {
        ObjectNode body = Json.readObject(request.body());
        List<RowPlan> plans = new ArrayList<>();
        List<ObjectTable> types = new ArrayList<>();
        Map<String, Integer> seen = new HashMap<>();
        for (ObjectNode record : records(body)) {
            ObjectTable table = tableOf(record);
            types.add(table);
            RowData row = reader.read(table.schema(), record);
            plans.add(planById(org, table, row, seen));
        }
        checkChunks(types);
        return prepared(plans, body.path("allOrNone").asBoolean(false), false, context);
    }

    Prepared delete(ApiRequest request, CallContext context) {
        String[] ids = request.query().getOrDefault("ids", "").split(",");
        checkSize(ids.length);
        boolean allOrNone = Boolean.parseBoolean(request.query().get("allOrNone"));
        List<String> identities = new ArrayList<>();
        for (String id : ids) {
            String full = RecordId.normalize(id);
            SandboxRecord record = full == null ? null : org.record(full);
            if (record != null && record.identity() != null) {
                identities.add(record.identity());
            }
        }
        return new Prepared(ids.length, identities, transaction -> {
            Transaction.Mark start = transaction.mark();
            List<RowResult> results = new ArrayList<>();
            for (String id : ids) {
                String full = RecordId.normalize(id);
                ObjectTable table = full == null ? null : org.tableOfId(full).orElse(null);
                results.add(table == null
                        ? RowResult.refused(new RowError("MALFORMED_ID", "malformed id " + id))
                        : writer.delete(table, full, context, transaction));
            }
            return answer(results, allOrNone, false, transaction, start);
        });
    }

    /** Up to 2,000 records by ID; null stands for one that is not there. */
    Prepared retrieve(ApiRequest request, String object) {
        ObjectTable table = org.findTable(object).orElseThrow(ApiError::notFound);
        List<String> ids = new ArrayList<>();
        List<String> fields = new ArrayList<>();
        if (request.method().equals("GET")) {
            ids.addAll(List.of(request.query().getOrDefault("ids", "").split(",")));
            fields.addAll(List.of(request.query().getOrDefault("fields", "Id").split(",")));
        } else {
            ObjectNode body = Json.readObject(request.body());
            body.path("ids").forEach(id -> ids.add(id.asText()));
            body.path("fields").forEach(field -> fields.add(field.asText()));
        }
        if (ids.size() > 2000) {
            throw tooMany(2000);
        }
        RecordView view = new RecordView(request.base());
        List<FieldRule> rules = view.fields(table.schema(), fields);
        return Prepared.reading(() -> {
            ArrayNode found = Json.array();
            for (String id : ids) {
                String full = RecordId.normalize(id);
                SandboxRecord record = full == null ? null : table.get(full);
                found.add(record == null || record.isDeleted() ? null : view.render(record, rules));
            }
            return Answer.json(200, found);
        });
    }

    static FieldRule externalField(ObjectSchema schema, String name) {
        return schema.visible(name)
                .filter(rule -> rule.is(FieldRule.Trait.EXTERNAL_ID) || rule.is(FieldRule.Trait.ID_LOOKUP))
                .orElseThrow(() -> new ApiError(404, "NOT_FOUND",
                        "Provided external ID field does not exist or is not accessible: " + name));
    }

    private static RowPlan plan(ObjectTable table, FieldRule rule, RowData row) {
        String value = row.values().get(rule.name()) instanceof String text ? text.strip() : "";
        if (value.isEmpty()) {
            return RowPlan.refused(table, row, new RowError("MISSING_ARGUMENT", rule.name() + " not specified"));
        }
        List<SandboxRecord> matches = table.live(rule, value);
        if (matches.size() > 1) {
            return RowPlan.refused(table, row, RowWriter.duplicateExternalId(matches).error());
        }
        return matches.isEmpty() ? RowPlan.create(table, row) : RowPlan.update(table, row, matches.get(0).id());
    }

    private static RowPlan planById(Org org, ObjectTable table, RowData row, Map<String, Integer> seen) {
        if (row.id() == null || row.id().isBlank()) {
            return RowPlan.refused(table, row, new RowError("MISSING_ARGUMENT", "Id not specified in an update call"));
        }
        String id = RecordId.normalize(row.id());
        if (id == null || !id.startsWith(table.schema().keyPrefix())) {
            return RowPlan.refused(table, row, new RowError("MALFORMED_ID",
                    table.schema().name() + " ID: id value of incorrect type: " + row.id(), "Id"));
        }
        if (seen.merge(id, 1, Integer::sum) > MOST_UPDATES_OF_ONE_RECORD) {
            return RowPlan.refused(table, row, new RowError("DUPLICATE_VALUE",
                    "Maximum number of duplicate updates in one batch (" + MOST_UPDATES_OF_ONE_RECORD
                            + " allowed). Attempt to update Id more than once in this API call: " + id));
        }
        return org.isHidden(id)
                ? RowPlan.refused(table, row, new RowError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"))
                : RowPlan.update(table, row, id);
    }

    private Prepared prepared(List<RowPlan> plans, boolean allOrNone, boolean upsert, CallContext context) {
        List<String> identities = org.locked(() -> {
            List<String> found = new ArrayList<>();
            for (RowPlan plan : plans) {
                String identity = plan.data().identity();
                if (identity == null && plan.targetId() != null && plan.table().get(plan.targetId()) != null) {
                    identity = plan.table().get(plan.targetId()).identity();
                }
                if (identity != null) {
                    found.add(identity);
                }
            }
            return found;
        });
        return new Prepared(plans.size(), identities, transaction -> {
            Transaction.Mark start = transaction.mark();
            List<RowResult> results = new ArrayList<>();
            for (RowPlan plan : automated(plans)) {
                results.add(writer.write(plan, context, transaction));
            }
            return answer(results, allOrNone, upsert, transaction, start);
        });
    }

    /** Triggers run once for all rows of an object. */
    private List<RowPlan> automated(List<RowPlan> plans) {
        Map<ObjectTable, Long> rows = plans.stream().filter(plan -> plan.refusal() == null)
                .collect(Collectors.groupingBy(RowPlan::table, Collectors.counting()));
        return plans.stream().map(plan -> {
            String object = plan.table().schema().name();
            return plan.refusal() != null || !org.exceedsAutomation(object, rows.get(plan.table())) ? plan
                    : RowPlan.refused(plan.table(), plan.data(), new RowError("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
                            object + "Trigger: execution of BeforeInsert caused by: System.LimitException: Too many SOQL queries: 101"));
        }).toList();
    }

    private static Answer answer(List<RowResult> results, boolean allOrNone, boolean upsert,
            Transaction transaction, Transaction.Mark start) {
        boolean allWell = results.stream().allMatch(RowResult::success);
        boolean rolledBack = allOrNone && !allWell;
        if (rolledBack) {
            transaction.rollBackTo(start);
        }
        ArrayNode rows = Json.array();
        for (RowResult result : results) {
            rows.add(row(rolledBack && result.success()
                    ? RowResult.refused(new RowError("ALL_OR_NONE_OPERATION_ROLLED_BACK", "Record rolled back because "
                            + "not all records were valid and the request was using AllOrNone header"))
                    : result, upsert));
        }
        Answer answer = Answer.json(200, rows);
        return allWell ? answer : answer.withRowErrors();
    }

    private static ObjectNode row(RowResult result, boolean upsert) {
        ObjectNode row = Json.object();
        ArrayNode errors = Json.array();
        if (result.success()) {
            row.put("id", result.id());
        } else {
            ObjectNode error = errors.addObject();
            error.put("statusCode", result.error().code());
            error.put("message", result.error().message());
            error.set("fields", Json.tree(result.error().fields()));
        }
        row.put("success", result.success());
        row.set("errors", errors);
        if (upsert && result.success()) {
            row.put("created", result.created());
        }
        return row;
    }

    private ObjectTable tableOf(ObjectNode record) {
        JsonNode type = record.path("attributes").path("type");
        if (!type.isTextual()) {
            throw new ApiError(400, "INVALID_INPUT", "The record has no type in its attributes.");
        }
        return org.findTable(type.textValue()).orElseThrow(() -> new ApiError(400, "INVALID_TYPE",
                "sObject type '" + type.textValue() + "' is not supported."));
    }

    private static List<ObjectNode> records(ObjectNode body) {
        if (!(body.get("records") instanceof ArrayNode array)) {
            throw new ApiError(400, "INVALID_INPUT", "The request has no records.");
        }
        checkSize(array.size());
        List<ObjectNode> records = new ArrayList<>();
        for (JsonNode node : array) {
            if (!(node instanceof ObjectNode record)) {
                throw new ApiError(400, "JSON_PARSER_ERROR", "Cannot deserialize instance of sobject from "
                        + node.getNodeType() + " or request may be missing a required field at [line:1, column:1]");
            }
            records.add(record);
        }
        return records;
    }

    private static void checkSize(int size) {
        if (size > MOST_RECORDS) {
            throw tooMany(MOST_RECORDS);
        }
    }

    private static ApiError tooMany(int most) {
        return new ApiError(400, "EXCEEDED_ID_LIMIT",
                "record limit reached. cannot submit more than " + most + " records into this request");
    }

    private static void checkChunks(List<ObjectTable> types) {
        int chunks = 0;
        for (int i = 0; i < types.size(); i++) {
            if (i == 0 || types.get(i) != types.get(i - 1)) {
                chunks++;
            }
        }
        if (chunks > MOST_CHUNKS) {
            throw new ApiError(400, "LIMIT_EXCEEDED", "Cannot have more than 10 chunks in a single operation. Please "
                    + "rearrange the data to reduce chunking.");
        }
    }

    private static String key(FieldRule rule, RowData row) {
        String value = row.values().get(rule.name()) instanceof String text ? text.strip() : "";
        return rule.is(FieldRule.Trait.CASE_SENSITIVE) ? value : value.toLowerCase(Locale.ROOT);
    }
}
