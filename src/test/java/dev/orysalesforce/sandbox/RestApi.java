package dev.orysalesforce.sandbox;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Salesforce's REST API: parses a request and passes it to the class for the resource. */
final class RestApi {
    /** "The length of the URI exceeds the 16,384-byte limit" (REST API Developer Guide, Status Codes). */
    private static final int LONGEST_URI = 16_384;
    private static final Duration LONG_CALL = Duration.ofSeconds(20);
    /** Calls of more than 20 seconds which may be in flight in a production org or a sandbox. */
    private static final int MOST_LONG_CALLS = 25;
    private static final Set<String> WITH_BODY = Set.of("POST", "PATCH", "PUT");

    private final Org org;
    private final CallLog calls;
    private final LoginCalls logins;
    private final DescribeCalls describes;
    private final QueryCalls queries;
    private final CollectionCalls collections;
    private final SingleRecordCalls singles;
    private final CompositeCalls composites;

    RestApi(Org org, Faults faults, CallLog calls, Supplier<String> url) {
        RowReader reader = new RowReader(org);
        RowWriter writer = new RowWriter(org, faults);
        this.org = org;
        this.calls = calls;
        this.logins = new LoginCalls(org, url);
        this.describes = new DescribeCalls(org);
        this.queries = new QueryCalls(org, faults);
        this.collections = new CollectionCalls(org, reader, writer);
        this.singles = new SingleRecordCalls(org, reader, writer);
        this.composites = new CompositeCalls(org, this::resource);
    }

    /** Everything up to the write. An {@link ApiError} ends the call. */
    Prepared prepare(CallKind kind, ApiRequest request, long number) {
        if (request.target().length() > LONGEST_URI) {
            throw new ApiError(414, "URI_TOO_LONG", "The length of the URI exceeds the 16,384-byte limit.");
        }
        if (request.headSize() > LONGEST_URI) {
            throw new ApiError(431, "REQUEST_HEADER_FIELDS_TOO_LARGE",
                    "The combined length of the URI and headers exceeds the 16,384-byte limit.");
        }
        switch (kind) {
            case LOGIN -> {
                allow(request, "POST");
                return Prepared.reading(() -> logins.token(request));
            }
            case REVOKE -> {
                return Prepared.reading(() -> logins.revoke(request));
            }
            case INTROSPECT -> {
                allow(request, "POST");
                return Prepared.reading(() -> logins.introspect(request));
            }
            case VERSIONS -> {
                return Prepared.reading(describes::versions);
            }
            default -> {
                return data(request, number);
            }
        }
    }

    /** Writes what was prepared and answers. */
    Answer commit(Prepared prepared) {
        return org.locked(() -> {
            Transaction transaction = new Transaction();
            try {
                Answer answer = prepared.commit().apply(transaction);
                transaction.commit(org.writes());
                return answer;
            } catch (ApiError e) {
                transaction.rollBack();
                return Answer.error(e);
            }
        });
    }

    private Prepared data(ApiRequest request, long number) {
        String authorization = request.header("Authorization");
        String token = authorization == null ? null : authorization.replaceFirst("^(?i)(Bearer|OAuth) +", "");
        if (!org.sessions().isAlive(token)) {
            throw new ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid");
        }
        if (!org.usage().take()) {
            throw new ApiError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
        }
        if (calls.inFlightLongerThan(LONG_CALL) >= MOST_LONG_CALLS) {
            throw new ApiError(403, "REQUEST_LIMIT_EXCEEDED",
                    "ConcurrentRequests (Concurrent API Requests) Limit exceeded.");
        }
        String type = request.header("Content-Type");
        if (WITH_BODY.contains(request.method()) && (type == null || !type.contains("json"))) {
            throw new ApiError(415, "UNSUPPORTED_MEDIA_TYPE", "Content type is not supported: " + type);
        }
        return resource(request, CallContext.of(number, request));
    }

    private Prepared resource(ApiRequest request, CallContext context) {
        List<String> path = request.segments();
        if (path.size() < 3 || !path.get(0).equals("services") || !path.get(1).equals("data") || !org.serves(path.get(2))) {
            throw ApiError.notFound();
        }
        if (path.size() == 3) {
            return describes.resources(request);
        }
        List<String> rest = path.subList(4, path.size());
        return switch (path.get(3)) {
            case "limits" -> {
                allow(request, "GET");
                yield describes.limits();
            }
            case "query" -> {
                allow(request, "GET");
                yield rest.isEmpty() ? queries.query(request, false) : queries.more(request, rest.get(0));
            }
            case "queryAll" -> {
                allow(request, "GET");
                yield rest.isEmpty() ? queries.query(request, true) : queries.more(request, rest.get(0));
            }
            case "composite" -> composite(request, rest, context);
            case "sobjects" -> sobjects(request, rest, context);
            default -> throw ApiError.notFound();
        };
    }

    private Prepared composite(ApiRequest request, List<String> rest, CallContext context) {
        if (rest.isEmpty()) {
            allow(request, "POST");
            return composites.composite(request, context);
        }
        if (!rest.get(0).equals("sobjects") || rest.size() > 3) {
            throw ApiError.notFound();
        }
        if (rest.size() == 3) {
            allow(request, "PATCH");
            return collections.upsert(request, context, rest.get(1), rest.get(2));
        }
        if (rest.size() == 2) {
            allow(request, "GET", "POST");
            return collections.retrieve(request, rest.get(1));
        }
        allow(request, "PATCH", "POST", "DELETE");
        return switch (request.method()) {
            case "PATCH" -> collections.update(request, context);
            case "POST" -> collections.create(request, context);
            default -> collections.delete(request, context);
        };
    }

    private Prepared sobjects(ApiRequest request, List<String> rest, CallContext context) {
        switch (rest.size()) {
            case 0 -> {
                allow(request, "GET");
                return describes.objects(request);
            }
            case 1 -> {
                allow(request, "GET", "POST");
                return request.method().equals("GET")
                        ? describes.basics(request, rest.get(0))
                        : singles.create(request, context, rest.get(0));
            }
            case 2 -> {
                if (rest.get(1).equals("describe")) {
                    allow(request, "GET");
                    return describes.describe(request, rest.get(0));
                }
                allow(request, "GET", "PATCH", "DELETE");
                return switch (request.method()) {
                    case "GET" -> singles.readById(request, rest.get(0), rest.get(1));
                    case "PATCH" -> singles.update(request, context, rest.get(0), rest.get(1));
                    default -> singles.delete(request, context, rest.get(0), rest.get(1));
                };
            }
            case 3 -> {
                allow(request, "GET", "PATCH");
                return request.method().equals("GET")
                        ? singles.readByField(request, rest.get(0), rest.get(1), rest.get(2))
                        : singles.upsert(request, context, rest.get(0), rest.get(1), rest.get(2));
            }
            default -> throw ApiError.notFound();
        }
    }

    private static void allow(ApiRequest request, String... methods) {
        if (!List.of(methods).contains(request.method())) {
            throw new ApiError(405, "METHOD_NOT_ALLOWED", "HTTP Method '" + request.method()
                    + "' not allowed. Allowed are " + String.join(",", methods));
        }
    }
}
