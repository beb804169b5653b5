package dev.orysalesforce.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Calls about one record. Only their errors carry details, e.g. the records that a duplicate rule found. */
final class SingleRecordCalls {
    private static final Set<String> NOT_FOUND_CODES = Set.of("ENTITY_IS_DELETED");

    private final Org org;
    private final RowReader reader;
    private final RowWriter writer;

    SingleRecordCalls(Org org, RowReader reader, RowWriter writer) {
        this.org = org;
        this.reader = reader;
        this.writer = writer;
    }

    Prepared create(ApiRequest request, CallContext context, String object) {
        ObjectTable table = org.findTable(object).orElseThrow(ApiError::notFound);
        RowData row = reader.read(table.schema(), Json.readObject(request.body()));
        refuseId(row);
        return prepared(RowPlan.create(table, row), context, result -> Answer.json(201, body(result)));
    }

    Prepared update(ApiRequest request, CallContext context, String object, String id) {
        ObjectTable table = org.findTable(object).orElseThrow(ApiError::notFound);
        RowData row = reader.read(table.schema(), Json.readObject(request.body()));
        refuseId(row);
        return prepared(RowPlan.update(table, row, existing(table, id)), context, result -> Answer.empty(204));
    }

    Prepared upsert(ApiRequest request, CallContext context, String object, String externalField, String value) {
        ObjectTable table = org.findTable(object).orElseThrow(ApiError::notFound);
        FieldRule rule = CollectionCalls.externalField(table.schema(), externalField);
        RowData sent = reader.read(table.schema(), Json.readObject(request.body()));
        refuseId(sent);
        if (sent.values().containsKey(rule.name())) {
            throw new ApiError(400, "INVALID_FIELD",
                    "The " + rule.name() + " field should not be specified in the sobject data.");
        }
        Map<String, Object> values = new LinkedHashMap<>();
        values.put(rule.name(), value);
        values.putAll(sent.values());
        RowData row = new RowData(null, values, sent.updatedAt());
        List<SandboxRecord> matches = org.locked(() -> table.live(rule, value));
        if (matches.size() > 1) {
            return Prepared.reading(() -> choices(request, matches));
        }
        RowPlan plan = matches.isEmpty()
                ? RowPlan.create(table, row)
                : RowPlan.update(table, row, matches.get(0).id());
        return prepared(plan, context, result -> result.created() ? created(result) : updated(result));
    }

    Prepared delete(ApiRequest request, CallContext context, String object, String id) {
        ObjectTable table = org.findTable(object).orElseThrow(ApiError::notFound);
        String full = existing(table, id);
        SandboxRecord record = org.record(full);
        List<String> identities = record.identity() == null ? List.of() : List.of(record.identity());
        return new Prepared(1, identities, transaction -> {
            RowResult result = writer.delete(table, full, context, transaction);
            return result.success() ? Answer.empty(204) : refused(result);
        });
    }

    Prepared readById(ApiRequest request, String object, String id) {
        ObjectTable table = org.findTable(object).orElseThrow(ApiError::notFound);
        return Prepared.reading(() -> {
            SandboxRecord record = table.get(existing(table, id));
            if (record.isDeleted()) {
                throw new ApiError(404, "NOT_FOUND", "The requested resource does not exist");
            }
            return shown(request, table, record);
        });
    }

    Prepared readByField(ApiRequest request, String object, String field, String value) {
        ObjectTable table = org.findTable(object).orElseThrow(ApiError::notFound);
        FieldRule rule = CollectionCalls.externalField(table.schema(), field);
        return Prepared.reading(() -> {
            List<SandboxRecord> matches = table.live(rule, value);
            if (matches.isEmpty()) {
                throw ApiError.notFound();
            }
            return matches.size() > 1 ? choices(request, matches) : shown(request, table, matches.get(0));
        });
    }

    private Answer shown(ApiRequest request, ObjectTable table, SandboxRecord record) {
        RecordView view = new RecordView(request.base());
        String fields = request.query().get("fields");
        return Answer.json(200, view.render(record, fields == null
                ? view.allFields(table.schema())
                : view.fields(table.schema(), List.of(fields.split(",")))));
    }

    private Answer choices(ApiRequest request, List<SandboxRecord> matches) {
        RecordView view = new RecordView(request.base());
        ArrayNode urls = Json.array();
        matches.forEach(match -> urls.add(view.url(match)));
        return Answer.json(300, urls);
    }

    private Prepared prepared(RowPlan plan, CallContext context,
            Function<RowResult, Answer> success) {
        List<String> identities = new ArrayList<>();
        SandboxRecord target = plan.targetId() == null ? null : org.record(plan.targetId());
        if (plan.data().identity() != null) {
            identities.add(plan.data().identity());
        } else if (target != null && target.identity() != null) {
            identities.add(target.identity());
        }
        return new Prepared(1, identities, transaction -> {
            RowResult result = writer.write(plan, context, transaction);
            return result.success() ? success.apply(result) : refused(result);
        });
    }

    private String existing(ObjectTable table, String id) {
        String full = RecordId.normalize(id);
        SandboxRecord record = full == null ? null : org.locked(() -> table.get(full));
        if (record == null || org.isHidden(full)) {
            throw new ApiError(404, "NOT_FOUND",
                    "Provided external ID field does not exist or is not accessible: " + id);
        }
        return full;
    }

    private static void refuseId(RowData row) {
        if (row.id() != null) {
            throw new ApiError(400, "INVALID_FIELD", "The Id field should not be specified in the sobject data.");
        }
    }

    private static Answer refused(RowResult result) {
        return Answer.error(NOT_FOUND_CODES.contains(result.error().code()) ? 404 : 400, result.error());
    }

    private static Answer created(RowResult result) {
        return Answer.json(201, body(result).put("created", true));
    }

    private static Answer updated(RowResult result) {
        return Answer.json(200, body(result).put("created", false));
    }

    private static ObjectNode body(RowResult result) {
        ObjectNode body = Json.object().put("id", result.id()).put("success", true);
        body.set("errors", Json.array());
        return body;
    }
}
