package dev.orysalesforce.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Several calls in one. "You can have up to 25 subrequests in a single call. Up to 5 of these subrequests can be query
 * operations, including Query and QueryAll requests, or sObject Collections operations" (REST API Developer Guide,
 * Composite).
 */
final class CompositeCalls {
    private static final int MOST_SUBREQUESTS = 25;
    private static final int MOST_HEAVY_ONES = 5;
    private static final Pattern REFERENCE = Pattern.compile("@\\{([A-Za-z0-9_]+)\\.([^}]+)}");

    private final Org org;
    private final BiFunction<ApiRequest, CallContext, Prepared> api;

    private record Step(String reference, String method, String url, Map<String, String> headers, JsonNode body,
            Prepared prepared, Answer refused) {
    }

    /** @param api prepares a subrequest */
    CompositeCalls(Org org, BiFunction<ApiRequest, CallContext, Prepared> api) {
        this.org = org;
        this.api = api;
    }

    Prepared composite(ApiRequest request, CallContext context) {
        ObjectNode body = Json.readObject(request.body());
        boolean allOrNone = body.path("allOrNone").asBoolean(false);
        List<Step> steps = steps(request, body, allOrNone, context);
        int rows = 0;
        List<String> identities = new ArrayList<>();
        for (Step step : steps) {
            if (step.prepared != null) {
                rows += step.prepared.rows();
                identities.addAll(step.prepared.identities());
            }
        }
        return new Prepared(rows, identities, transaction -> run(steps, request, allOrNone, context, transaction));
    }

    private List<Step> steps(ApiRequest request, ObjectNode body, boolean allOrNone, CallContext context) {
        JsonNode requests = body.path("compositeRequest");
        if (requests.size() > MOST_SUBREQUESTS) {
            throw new ApiError(400, "LIMIT_EXCEEDED",
                    "The number of subrequests exceeds the limit of " + MOST_SUBREQUESTS + ".");
        }
        if (requests.isEmpty()) {
            throw new ApiError(400, "INVALID_INPUT", "The compositeRequest has no subrequests.");
        }
        List<Step> steps = new ArrayList<>();
        Set<String> references = new HashSet<>();
        int heavy = 0;
        for (JsonNode one : requests) {
            String reference = one.path("referenceId").asText("");
            if (!reference.matches("[A-Za-z0-9_]+") || !references.add(reference)) {
                throw new ApiError(400, "INVALID_INPUT",
                        "The referenceId is missing, not alphanumeric or not unique: " + reference);
            }
            String url = one.path("url").asText("");
            if (url.matches("/services/data/v[\\d.]+/(query|queryAll|composite/sobjects)\\b.*")
                    && ++heavy > MOST_HEAVY_ONES) {
                throw new ApiError(400, "LIMIT_EXCEEDED", "The number of query or sObject Collections subrequests "
                        + "exceeds the limit of " + MOST_HEAVY_ONES + ".");
            }
            steps.add(step(request, one, reference, url, allOrNone, context));
        }
        return steps;
    }

    private Step step(ApiRequest request, JsonNode one, String reference, String url, boolean allOrNone,
            CallContext context) {
        String method = one.path("method").asText("GET").toUpperCase(Locale.ROOT);
        Map<String, String> headers = new HashMap<>(request.headers());
        one.path("httpHeaders").fields().forEachRemaining(
                header -> headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue().asText()));
        JsonNode body = one.get("body");
        if (allOrNone && url.contains("/composite/sobjects") && body instanceof ObjectNode collection) {
            collection.put("allOrNone", true);
        }
        Step step = new Step(reference, method, url, headers, body, null, null);
        return mayRefer(step) ? step : prepare(step, Map.of(), context);
    }

    /** Looked up at the beginning of the call unless it needs an earlier answer. */
    private Step prepare(Step step, Map<String, JsonNode> answers, CallContext context) {
        try {
            if (step.url.contains("/composite") && !step.url.contains("/composite/sobjects")) {
                throw new ApiError(400, "INVALID_INPUT", "Composite requests cannot be nested.");
            }
            String url = resolve(step.url, answers);
            byte[] body = step.body == null
                    ? new byte[0]
                    : resolve(step.body.toString(), answers).getBytes(StandardCharsets.UTF_8);
            ApiRequest request = ApiRequest.of(step.method, url.replace(" ", "%20"), step.headers, body);
            return new Step(step.reference, step.method, step.url, step.headers, step.body,
                    api.apply(request, new CallContext(context.call(), CallContext.of(0, request).autoAssign(),
                            CallContext.of(0, request).allowSave())),
                    null);
        } catch (ApiError e) {
            return new Step(step.reference, step.method, step.url, step.headers, step.body, null, Answer.error(e));
        }
    }

    private Answer run(List<Step> steps, ApiRequest request, boolean allOrNone, CallContext context,
            Transaction transaction) {
        Map<String, Answer> answers = new LinkedHashMap<>();
        Map<String, JsonNode> bodies = new HashMap<>();
        boolean failed = false;
        for (Step planned : steps) {
            Answer answer = failed && allOrNone ? halted() : run(planned, bodies, context, transaction);
            answers.put(planned.reference, answer);
            bodies.put(planned.reference, answer.json());
            failed |= !answer.allWell();
        }
        if (failed && allOrNone) {
            transaction.rollBack();
            answers.replaceAll((reference, answer) -> answer.allWell() ? halted() : answer);
        }
        ArrayNode responses = Json.array();
        answers.forEach((reference, answer) -> {
            ObjectNode response = responses.addObject();
            response.set("body", answer.json());
            response.putObject("httpHeaders");
            response.put("httpStatusCode", answer.status()).put("referenceId", reference);
        });
        ObjectNode whole = Json.object();
        whole.set("compositeResponse", responses);
        Answer answer = Answer.json(200, whole);
        return failed ? answer.withRowErrors() : answer;
    }

    private Answer run(Step planned, Map<String, JsonNode> bodies, CallContext context, Transaction transaction) {
        Step step = planned.prepared == null && planned.refused == null ? prepare(planned, bodies, context) : planned;
        if (step.refused != null) {
            return step.refused;
        }
        try {
            return step.prepared.commit().apply(transaction);
        } catch (ApiError e) {
            return Answer.error(e);
        }
    }

    private static boolean mayRefer(Step step) {
        return step.url.contains("@{") || step.body != null && step.body.toString().contains("@{");
    }

    private static String resolve(String text, Map<String, JsonNode> answers) {
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (matcher.find()) {
            JsonNode answer = answers.get(matcher.group(1));
            String pointer = "/" + matcher.group(2).replaceAll("\\[(\\d+)]", ".$1").replace('.', '/');
            JsonNode value = answer == null ? null : answer.at(pointer);
            if (value == null || !value.isValueNode()) {
                throw new ApiError(400, "PROCESSING_HALTED",
                        "Invalid reference specified. No value for " + matcher.group(1) + "." + matcher.group(2)
                                + " found in " + matcher.group(1));
            }
            matcher.appendReplacement(resolved, Matcher.quoteReplacement(value.asText()));
        }
        return matcher.appendTail(resolved).toString();
    }

    private static Answer halted() {
        return Answer.error(400, new RowError("PROCESSING_HALTED", "The transaction was rolled back since another "
                + "operation in the same transaction failed."));
    }
}
