package dev.orysalesforce.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.function.Supplier;

/** OAuth 2.0: the client credentials flow, revoke and introspect. */
final class LoginCalls {
    private final Org org;
    private final Supplier<String> url;

    LoginCalls(Org org, Supplier<String> url) {
        this.org = org;
        this.url = url;
    }

    Answer token(ApiRequest request) {
        Map<String, String> form = ApiRequest.form(request.bodyText());
        String[] client = client(request, form);
        if ("urn:ietf:params:oauth:grant-type:jwt-bearer".equals(form.get("grant_type"))) {
            Assertion assertion = Assertion.of(form.get("assertion"));
            Answer refusal = assertion.refusal(org.sessions());
            return refusal == null ? granted() : refusal;
        }
        if (!"client_credentials".equals(form.get("grant_type"))) {
            return refused("unsupported_grant_type", "grant type not supported");
        }
        if (!org.sessions().clientId().equals(client[0])) {
            return refused("invalid_client_id", "client identifier invalid");
        }
        if (!org.sessions().clientSecret().equals(client[1])) {
            return refused("invalid_client", "invalid client credentials");
        }
        return granted();
    }

    private Answer granted() {
        String token = org.sessions().issue(org.id());
        return Answer.json(200, Json.object()
                .put("access_token", token)
                .put("signature", "c2FuZGJveA==")
                .put("scope", "api")
                .put("token_format", "opaque")
                .put("instance_url", url.get())
                .put("id", url.get() + "/id/" + org.id() + "/" + org.userId())
                .put("token_type", "Bearer")
                .put("issued_at", String.valueOf(Instant.now().toEpochMilli())));
    }

    Answer revoke(ApiRequest request) {
        String token = parameter(request, "token");
        if (!org.sessions().isAlive(token)) {
            return refused("unsupported_token_type", "this token is not supported");
        }
        org.sessions().revoke(token);
        return Answer.empty(200);
    }

    Answer introspect(ApiRequest request) {
        Map<String, String> form = ApiRequest.form(request.bodyText());
        String[] client = client(request, form);
        if (!org.sessions().clientId().equals(client[0]) || !org.sessions().clientSecret().equals(client[1])) {
            return Answer.json(401, Json.object().put("error", "invalid_client")
                    .put("error_description", "invalid client credentials"));
        }
        Sessions.Session session = org.sessions().session(form.get("token"));
        ObjectNode answer = Json.object().put("active", session != null);
        if (session != null) {
            Instant expiry = session.expiresAt().equals(Instant.MAX)
                    ? Instant.now().plusSeconds(7200)
                    : session.expiresAt();
            answer.put("scope", "api").put("client_id", client[0]).put("username", "ory.sync@example.com")
                    .put("sub", url.get() + "/id/" + org.id() + "/" + org.userId()).put("token_type", "access_token")
                    .put("exp", expiry.getEpochSecond()).put("iat", session.issuedAt().getEpochSecond())
                    .put("nbf", session.issuedAt().getEpochSecond());
        }
        return Answer.json(200, answer);
    }

    static Answer refused(String error, String description) {
        return Answer.json(400, Json.object().put("error", error).put("error_description", description));
    }

    private static String parameter(ApiRequest request, String name) {
        String inQuery = request.query().get(name);
        return inQuery != null ? inQuery : ApiRequest.form(request.bodyText()).get(name);
    }

    private static String[] client(ApiRequest request, Map<String, String> form) {
        String basic = request.header("Authorization");
        if (basic != null && basic.startsWith("Basic ")) {
            String pair = new String(Base64.getDecoder().decode(basic.substring(6)), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return new String[] {pair.substring(0, Math.max(0, colon)), pair.substring(colon + 1)};
        }
        return new String[] {form.get("client_id"), form.get("client_secret")};
    }
}
