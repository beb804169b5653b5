package dev.orysalesforce.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.orysalesforce.sandbox.FieldRule.Trait;

/** What the org tells about itself. */
final class DescribeCalls {
    private static final int OLDEST_VERSION = 31;

    private final Org org;

    DescribeCalls(Org org) {
        this.org = org;
    }

    Answer versions() {
        ArrayNode versions = Json.array();
        for (int version = OLDEST_VERSION; version <= org.newestVersion(); version++) {
            versions.addObject().put("label", "Release " + version).put("url", "/services/data/v" + version + ".0")
                    .put("version", version + ".0");
        }
        return Answer.json(200, versions);
    }

    Prepared resources(ApiRequest request) {
        ObjectNode resources = Json.object();
        for (String name : new String[] {"sobjects", "query", "queryAll", "composite", "limits"}) {
            resources.put(name, request.base() + "/" + name);
        }
        return Prepared.reading(() -> Answer.json(200, resources));
    }

    Prepared objects(ApiRequest request) {
        return Prepared.reading(() -> {
            ObjectNode all = Json.object().put("encoding", "UTF-8").put("maxBatchSize", 200);
            ArrayNode objects = all.putArray("sobjects");
            org.schemas().forEach(schema -> objects.add(frame(request, schema)));
            return Answer.json(200, all);
        });
    }

    Prepared basics(ApiRequest request, String object) {
        ObjectSchema schema = schema(object);
        return Prepared.reading(() -> {
            ObjectNode basics = Json.object();
            basics.set("objectDescribe", frame(request, schema));
            basics.putArray("recentItems");
            return Answer.json(200, basics);
        });
    }

    Prepared describe(ApiRequest request, String object) {
        ObjectSchema schema = schema(object);
        return Prepared.reading(() -> {
            ObjectNode described = frame(request, schema);
            ArrayNode fields = described.putArray("fields");
            schema.rules().stream().filter(rule -> rule.is(Trait.VISIBLE)).forEach(rule -> fields.add(field(rule)));
            recordTypes(described.putArray("recordTypeInfos"), schema);
            return Answer.json(200, described);
        });
    }

    Prepared limits() {
        if (!org.isSetupViewable()) {
            throw new ApiError(403, "FORBIDDEN", "You don't have the required permissions to access this resource");
        }
        return Prepared.reading(() -> {
            ObjectNode limits = Json.object();
            limit(limits, "DailyApiRequests", org.usage().limit(), org.usage().limit() - org.usage().used());
            limit(limits, "DailyBulkApiBatches", 15_000, 15_000);
            limit(limits, "DailyBulkV2QueryJobs", 10_000, 10_000);
            limit(limits, "DailyBulkV2QueryFileStorageMB", 976_562, 976_562);
            limit(limits, "DataStorageMB", 1_024, 1_000);
            return Answer.json(200, limits);
        });
    }

    private ObjectSchema schema(String object) {
        return org.findTable(object).filter(table -> org.may(object, Org.Permission.READ)).orElseThrow(ApiError::notFound).schema();
    }

    private ObjectNode frame(ApiRequest request, ObjectSchema schema) {
        String name = schema.name();
        String url = request.base() + "/sobjects/" + name;
        ObjectNode frame = Json.object().put("name", name).put("label", name).put("labelPlural", name + "s")
                .put("keyPrefix", schema.keyPrefix()).put("custom", name.endsWith("__c"))
                .put("createable", org.may(name, Org.Permission.CREATE))
                .put("updateable", org.may(name, Org.Permission.EDIT))
                .put("deletable", org.may(name, Org.Permission.DELETE))
                .put("queryable", true).put("retrieveable", true);
        frame.putObject("urls").put("sobject", url).put("describe", url + "/describe")
                .put("rowTemplate", url + "/{ID}");
        return frame;
    }

    private void recordTypes(ArrayNode infos, ObjectSchema schema) {
        org.recordTypes(schema.name()).forEach(type -> infos.addObject().put("active", true).put("available", true)
                .put("defaultRecordTypeMapping", type.usual()).put("developerName", type.name().replace(' ', '_'))
                .put("master", false).put("name", type.name())
                .put("recordTypeId", org.typeId(schema.name(), type.name())));
        infos.addObject().put("active", true).put("available", true)
                .put("defaultRecordTypeMapping", org.recordTypes(schema.name()).isEmpty()).put("developerName", "Master")
                .put("master", true).put("name", "Master").put("recordTypeId", "012000000000000AAA");
    }

    private static ObjectNode field(FieldRule rule) {
        ObjectNode field = Json.object().put("name", rule.name()).put("label", rule.label())
                .put("type", rule.type().wireName()).put("length", rule.length())
                .put("createable", rule.is(Trait.CREATEABLE)).put("updateable", rule.is(Trait.UPDATEABLE))
                .put("nillable", rule.is(Trait.NILLABLE)).put("unique", rule.is(Trait.UNIQUE))
                .put("externalId", rule.is(Trait.EXTERNAL_ID)).put("idLookup", rule.is(Trait.ID_LOOKUP)
                        || rule.type() == FieldType.ID)
                .put("nameField", rule.name().equals("Name")).put("caseSensitive", rule.is(Trait.CASE_SENSITIVE))
                .put("defaultedOnCreate", rule.defaultValue() != null)
                .put("custom", rule.name().endsWith("__c")).put("filterable", rule.isFilterable())
                .put("restrictedPicklist", rule.is(Trait.RESTRICTED));
        ArrayNode values = field.putArray("picklistValues");
        rule.values().forEach(value -> values.addObject().put("active", true)
                .put("defaultValue", value.equals(rule.defaultValue())).put("label", value).put("value", value));
        ArrayNode references = field.putArray("referenceTo");
        if (rule.referenceTo() != null) {
            references.add(rule.referenceTo());
            field.put("relationshipName", rule.name().replaceAll("Id$", "").replaceAll("__c$", "__r"));
        }
        return field;
    }

    private static void limit(ObjectNode limits, String name, long max, long remaining) {
        limits.putObject(name).put("Max", max).put("Remaining", Math.max(0, remaining));
    }
}
