package dev.orysalesforce.salesforce;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.client.Request;
import org.springframework.stereotype.Component;

/**
 * Keeps camel-salesforce from revoking a token that the token endpoint has handed out. Salesforce may answer two logins of
 * one app with the same token; then the sync's next login, or the end of this process, would end the clients' sessions, too.
 */
@Component
class RevocationGuard implements Request.QueuedListener {

    private static final String REVOKE = "/services/oauth2/revoke";
    private static final String TOKEN = "token=";

    private final SharedTokens tokens;

    RevocationGuard(SharedTokens tokens) {
        this.tokens = tokens;
    }

    @Override
    public void onQueued(Request request) {
        String query = request.getQuery();
        if (!REVOKE.equals(request.getPath()) || query == null || !query.startsWith(TOKEN)) {
            return;
        }
        String token = URLDecoder.decode(query.substring(TOKEN.length()), StandardCharsets.UTF_8);
        if (tokens.isHandedOut(token)) {
            tokens.markSuspect(token); // Salesforce has rejected it
            request.abort(new IllegalStateException("a client of the token endpoint uses this token"));
        }
    }
}
