package dev.orysalesforce.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** The pages for people who open the sandbox in a browser or with curl. */
final class SandboxPage {
    private static final int MOST_SHOWN = 500;
    private static final List<String> COLUMNS = List.of("Name", "Email", "Company", "Phone", "LeadSource", "Status",
            StandardObjects.IDENTITY, StandardObjects.UPDATED_AT, "LastModifiedDate");
    private static final String STYLE = "body{font:14px/1.5 system-ui,sans-serif;margin:2rem;color:#16325c}"
            + "h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:1.6rem}"
            + "table{border-collapse:collapse;width:100%}"
            + "th,td{text-align:left;padding:.35rem .7rem;border-bottom:1px solid #d8dde6;white-space:nowrap}"
            + "th{background:#f4f6f9;font-weight:600}tr:hover td{background:#f9fbff}"
            + "code{font-size:.85em}.down{color:#b00020;font-weight:600}.up{color:#1b7f3b;font-weight:600}";

    private final Org org;
    private final Faults faults;
    private final CallLog calls;

    SandboxPage(Org org, Faults faults, CallLog calls) {
        this.org = org;
        this.faults = faults;
        this.calls = calls;
    }

    /** Whether a request is meant for people, not for the API. */
    static boolean isFor(ApiRequest request) {
        return request.segments().isEmpty() || request.segments().get(0).equals("sandbox")
                || request.segments().get(0).equals("favicon.ico");
    }

    Answer answer(ApiRequest request) {
        String path = request.method() + " /" + String.join("/", request.segments());
        return switch (path) {
            case "GET /" -> Answer.text(200, "text/html;charset=UTF-8", page());
            case "GET /sandbox/records" -> Answer.json(200, records());
            case "GET /sandbox/writes" -> Answer.json(200, writes());
            case "GET /sandbox/calls" -> Answer.json(200, calls());
            case "POST /sandbox/faults/down" -> {
                faults.start(Fault.unavailable());
                yield Answer.json(200, Json.object().put("state", "down"));
            }
            case "POST /sandbox/faults/up" -> {
                faults.clear();
                yield Answer.json(200, Json.object().put("state", "up"));
            }
            default -> Answer.empty(404);
        };
    }

    private ObjectNode records() {
        ObjectNode all = Json.object();
        for (String object : List.of("Lead", "Contact", "Account")) {
            ArrayNode records = all.putArray(object);
            org.records(object).forEach(record -> records.add(Json.tree(record.fields())));
        }
        return all;
    }

    private ArrayNode writes() {
        ArrayNode writes = Json.array();
        for (Write write : org.writes().all()) {
            ObjectNode one = writes.addObject().put("sequence", write.sequence()).put("call", write.call())
                    .put("at", write.at().toString()).put("object", write.object()).put("recordId", write.recordId())
                    .put("identity", write.identity())
                    .put("operation", write.operation().name().toLowerCase(Locale.ROOT))
                    .put("updatedAt", write.updatedAt());
            one.set("fields", Json.tree(write.fields()));
        }
        return writes;
    }

    private ArrayNode calls() {
        ArrayNode all = Json.array();
        for (Call call : calls.all()) {
            all.addObject().put("number", call.number()).put("at", call.at().toString()).put("method", call.method())
                    .put("path", withoutQuery(call.path())).put("kind", call.kind().name().toLowerCase(Locale.ROOT))
                    .put("status", call.status()).put("rows", call.rows()).put("millis", call.took().toMillis())
                    .put("fault", call.fault());
        }
        return all;
    }

    private String page() {
        StringBuilder html = new StringBuilder("<!doctype html><html lang=en><head><meta charset=utf-8>"
                + "<meta http-equiv=refresh content=2><title>Salesforce sandbox</title><style>").append(STYLE)
                .append("</style></head><body><h1>Salesforce sandbox</h1><p>");
        html.append(faults.active().isEmpty() ? "<span class=up>up</span>" : "<span class=down>"
                + escape(String.join(", ", faults.active().stream().map(fault -> fault.fault().name()).toList()))
                + "</span>");
        html.append(" &middot; ").append(calls.count()).append(" calls &middot; ").append(org.writes().count())
                .append(" rows written &middot; ").append(escape(org.usage().header())).append("</p>");
        for (String object : List.of("Lead", "Contact")) {
            table(html, object);
        }
        return html.append("</body></html>").toString();
    }

    private void table(StringBuilder html, String object) {
        List<SandboxRecord> records = org.records(object);
        ObjectSchema schema = org.schema(object);
        List<String> columns = COLUMNS.stream().filter(column -> schema.rule(column).isPresent()).toList();
        html.append("<h2>").append(object).append("s (").append(records.size()).append(")</h2><table><tr><th>Id");
        columns.forEach(column -> html.append("<th>").append(escape(column)));
        for (int i = records.size() - 1; i >= Math.max(0, records.size() - MOST_SHOWN); i--) {
            SandboxRecord record = records.get(i);
            html.append("<tr><td><code>").append(record.id()).append("</code>");
            for (String column : columns) {
                String text = record.text(column);
                html.append("<td>").append(text == null ? "" : escape(text));
            }
        }
        html.append("</table>");
    }

    /** Tokens and e-mail addresses travel in queries. */
    private static String withoutQuery(String target) {
        int mark = target.indexOf('?');
        return mark < 0 ? target : target.substring(0, mark);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
