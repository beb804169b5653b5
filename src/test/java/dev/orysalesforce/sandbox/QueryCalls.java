package dev.orysalesforce.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Queries, 2,000 records a page or fewer. A page shows records as they were when the query ran. */
final class QueryCalls {
    private static final int MOST_CURSORS = 50;

    private final Org org;
    private final Faults faults;
    private final Map<String, Cursor> cursors = new LinkedHashMap<>();
    private long numbers;

    private record Cursor(SoqlQuery query, List<SandboxRecord> found, int batchSize) {
    }

    QueryCalls(Org org, Faults faults) {
        this.org = org;
        this.faults = faults;
    }

    Prepared query(ApiRequest request, boolean deletedToo) {
        String soql = request.query().get("q");
        if (soql == null) {
            throw new ApiError(400, "MALFORMED_QUERY", "A query string has to be specified");
        }
        SoqlQuery query = Soql.parse(soql, org);
        int batchSize = Math.min(batchSize(request.header("Sforce-Query-Options")), org.queryPage());
        return Prepared.reading(() -> {
            faults.checkQuery();
            if (query.scanned() > org.mostScanned()) {
                throw new ApiError(400, "QUERY_TIMEOUT", "Your query request was running for too long.");
            }
            List<SandboxRecord> found = query.run(org, deletedToo);
            if (query.isCount()) {
                ObjectNode count = Json.object().put("totalSize", found.size()).put("done", true);
                count.putArray("records");
                return Answer.json(200, count);
            }
            Cursor cursor = new Cursor(query, found, batchSize);
            return page(request.base(), cursor, found.size() > batchSize ? keep(cursor) : null, 0);
        });
    }

    Prepared more(ApiRequest request, String locator) {
        return Prepared.reading(() -> {
            int dash = locator.indexOf('-');
            Cursor cursor = dash < 0 ? null : cursors.get(locator.substring(0, dash));
            int from = -1;
            if (cursor != null && locator.substring(dash + 1).matches("\\d{1,9}")) {
                from = Integer.parseInt(locator.substring(dash + 1));
            }
            if (from < 0 || from >= cursor.found.size()) {
                throw new ApiError(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
            }
            return page(request.base(), cursor, locator.substring(0, dash), from);
        });
    }

    private Answer page(String base, Cursor cursor, String locator, int from) {
        int to = Math.min(from + cursor.batchSize, cursor.found.size());
        boolean done = to == cursor.found.size();
        ObjectNode page = Json.object().put("totalSize", cursor.found.size()).put("done", done);
        if (!done) {
            page.put("nextRecordsUrl", base + "/query/" + locator + "-" + to);
        }
        ArrayNode records = page.putArray("records");
        RecordView view = new RecordView(base);
        for (SandboxRecord record : cursor.found.subList(from, to)) {
            records.add(render(view, record, cursor.query.fields()));
        }
        return Answer.json(200, page);
    }

    private ObjectNode render(RecordView view, SandboxRecord record, List<FieldPath> fields) {
        ObjectNode shown = view.frame(record);
        for (FieldPath path : fields) {
            ObjectNode at = shown;
            SandboxRecord parent = record;
            for (int i = 0; i < path.hops().size() && at != null; i++) {
                String id = parent.text(path.hops().get(i).name());
                parent = id == null ? null : org.record(id);
                String name = path.names().get(i);
                if (parent == null) {
                    at.putNull(name);
                    at = null;
                } else if (at.get(name) instanceof ObjectNode there) {
                    at = there;
                } else {
                    ObjectNode frame = view.frame(parent);
                    at.set(name, frame);
                    at = frame;
                }
            }
            if (at != null) {
                RecordView.put(at, path.field().name(), path.value(record, org));
            }
        }
        return shown;
    }

    private String keep(Cursor cursor) {
        String locator = RecordId.of("01g", ++numbers);
        cursors.put(locator, cursor);
        if (cursors.size() > MOST_CURSORS) {
            cursors.remove(cursors.keySet().iterator().next());
        }
        return locator;
    }

    private static int batchSize(String options) {
        if (options != null && options.matches("batchSize=\\d{1,5}")) {
            return Math.max(200, Math.min(2000, Integer.parseInt(options.substring("batchSize=".length()))));
        }
        return 2000;
    }
}
