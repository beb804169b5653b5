package dev.orysalesforce.sandbox.ory;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Answers as Kratos' {@code identity/handler.go} and its key set pagination do. */
final class OryAdminApi {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FIRST = "00000000-0000-0000-0000-000000000000";
    private static final int DEFAULT_SIZE = 250;
    private static final int MOST = 500;

    /** Makes Base64 with {@code +}, {@code /} and {@code =}, which breaks when a client forgets to encode it. */
    private static final String SALT = "~?~~??!";

    /** How the project is reached; changed while calls are in flight. */
    record Settings(OryProject project, boolean absoluteLinks, boolean obscureTokens) {
    }

    record Reply(int status, String contentType, String body, Map<String, String> headers) {
        static Reply json(int status, Object body) {
            return new Reply(status, "application/json; charset=utf-8", body.toString(), new TreeMap<>());
        }

        Reply with(String header, String value) {
            Map<String, String> more = new TreeMap<>(headers);
            more.put(header, value);
            return new Reply(status, contentType, body, more);
        }

        Reply withBody(String other) {
            return new Reply(status, contentType, other, headers);
        }
    }

    Reply answer(OryCall call, Settings settings, String url) {
        String path = call.path();
        if (path.equals("/admin/health/ready") || path.equals("/admin/health/alive")) {
            return Reply.json(200, JSON.createObjectNode().put("status", "ok"));
        }
        if (!path.matches("/admin/identities(/[^/]+)?")) {
            return new Reply(404, "text/plain; charset=utf-8", "404 page not found\n", Map.of());
        }
        if (!call.method().equals("GET")) {
            return error(405, "Method Not Allowed", null, "The sandbox only reads");
        }
        return path.equals("/admin/identities")
                ? list(call, settings, url)
                : one(path.substring("/admin/identities/".length()), settings.project());
    }

    private Reply one(String id, OryProject project) {
        ObjectNode identity = project.identity(id);
        if (identity == null) {
            return error(404, "Not Found", null, "Unable to locate the resource");
        }
        // Kratos shows how an identity can log in, even without a query for credentials.
        String email = identity.path("traits").path("email").asText("").toLowerCase(Locale.ROOT);
        ObjectNode password = JSON.createObjectNode().put("type", "password");
        password.putArray("identifiers").add(email);
        password.put("version", 0).set("created_at", identity.get("created_at"));
        password.set("updated_at", identity.get("created_at"));
        identity.putObject("credentials").set("password", password);
        return Reply.json(200, identity);
    }

    private Reply list(OryCall call, Settings settings, String url) {
        List<String> ids = call.query().getOrDefault("ids", List.of());
        for (String id : ids) {
            if (!isUuid(id)) {
                return badRequest("Invalid UUID value `" + id + "` for parameter `ids`.");
            }
        }
        if (ids.size() > MOST) {
            return badRequest("The number of ids to filter must not exceed 500.");
        }
        if (call.query().containsKey("page")) {
            return badRequest("Legacy pagination is not supported for enumerating over 1000 items. Please switch to "
                    + "using page_token and page_size.");
        }
        int size = DEFAULT_SIZE;
        String wanted = call.parameter("page_size");
        if (wanted != null && !wanted.isEmpty()) {
            if (!wanted.matches("-?\\d{1,9}")) {
                return badRequest("strconv.Atoi: parsing \"" + wanted + "\": invalid syntax");
            }
            int number = Integer.parseInt(wanted);
            size = number <= 0 ? DEFAULT_SIZE : Math.min(number, MOST);
        }
        String token = call.parameter("page_token");
        String after = token == null || token.isEmpty() ? FIRST : unwrapped(token, settings.obscureTokens());
        if (after == null) {
            return badRequest("The page token is invalid, do not craft your own page tokens");
        }
        String identifier = call.parameter("credentials_identifier");
        List<ObjectNode> found = identifier != null ? settings.project().withIdentifier(identifier, size + 1) : ids.isEmpty()
                ? settings.project().page(after, size + 1)
                : some(settings.project(), ids, after, size + 1);
        boolean more = found.size() > size;
        ArrayNode page = JSON.createArrayNode().addAll(more ? found.subList(0, size) : found);
        String base = settings.absoluteLinks() ? url : "";
        String links = link(base, call, FIRST, size, "first", settings);
        if (more) {
            links += "," + link(base, call, found.get(size - 1).path("id").asText(), size, "next", settings);
        }
        return Reply.json(200, page).with("Link", links);
    }

    /** The page size applies to this filter, too: without it, a query for 500 IDs returns 250. */
    private static List<ObjectNode> some(OryProject project, List<String> ids, String after, int size) {
        return new TreeSet<>(ids.stream().map(id -> id.toLowerCase(Locale.ROOT)).toList()).stream()
                .filter(id -> id.compareTo(after) > 0).map(project::identity).filter(identity -> identity != null)
                .limit(size).toList();
    }

    /** Relative unless set otherwise, because Kratos only knows the path of the request; parameters are sorted. */
    private static String link(String base, OryCall call, String id, int size, String rel, Settings settings) {
        TreeMap<String, List<String>> query = new TreeMap<>(call.query());
        query.put("page_size", List.of(String.valueOf(size)));
        query.put("page_token", List.of(settings.obscureTokens() ? wrapped(id) : id));
        StringBuilder link = new StringBuilder("<").append(base).append(call.path());
        char separator = '?';
        for (Map.Entry<String, List<String>> parameter : query.entrySet()) {
            for (String value : parameter.getValue()) {
                link.append(separator).append(encoded(parameter.getKey())).append('=').append(encoded(value));
                separator = '&';
            }
        }
        return link.append(">; rel=\"").append(rel).append('"').toString();
    }

    static Reply unauthorized() {
        return error(401, "Unauthorized", null, "Access credentials are invalid");
    }

    static Reply tooMany() {
        return error(429, "Too Many Requests", null, "API rate limit exceeded");
    }

    static Reply serverError() {
        return error(500, "Internal Server Error", null,
                "An internal server error occurred, please contact the system administrator");
    }

    static Reply html() {
        return new Reply(200, "text/html; charset=utf-8",
                "<html><body><h1>Sign in to the network</h1></body></html>", Map.of());
    }

    static Reply empty() {
        return Reply.json(200, JSON.createArrayNode()).with("Link",
                "</admin/identities?page_size=250&page_token=" + FIRST + ">; rel=\"first\"");
    }

    private static Reply badRequest(String reason) {
        return error(400, "Bad Request", reason, "The request was malformed or contained invalid parameters");
    }

    private static Reply error(int status, String text, String reason, String message) {
        ObjectNode error = JSON.createObjectNode().put("code", status).put("status", text);
        if (reason != null) {
            error.put("reason", reason);
        }
        ObjectNode body = JSON.createObjectNode();
        body.set("error", error.put("message", message));
        return Reply.json(status, body);
    }

    private static String wrapped(String id) {
        return Base64.getEncoder().encodeToString((SALT + id).getBytes(StandardCharsets.UTF_8));
    }

    private static String unwrapped(String token, boolean obscure) {
        String id = token;
        if (obscure) {
            try {
                id = new String(Base64.getDecoder().decode(token), StandardCharsets.UTF_8);
            } catch (IllegalArgumentException e) {
                return null;
            }
            id = id.startsWith(SALT) ? id.substring(SALT.length()) : "";
        }
        return isUuid(id) ? id.toLowerCase(Locale.ROOT) : null;
    }

    private static boolean isUuid(String text) {
        return text.matches("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
