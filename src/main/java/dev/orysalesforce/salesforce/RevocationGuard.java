package dev.orysalesforce.salesforce;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.eclipse.jetty.client.Request;
import org.springframework.stereotype.Component;

/**
 * Keeps camel-salesforce from revoking a token that the token endpoint has handed out. Salesforce may answer two logins of
 * one app with the same token; then the sync's next login, or the end of this process, would end the clients' sessions, too.
 */
@Component
class RevocationGuard implements CamelContextConfiguration {

    private static final String REVOKE = "/services/oauth2/revoke";
    private static final String TOKEN = "token=";

    private final CamelSalesforce salesforce;
    private final SharedTokens tokens;

    RevocationGuard(CamelSalesforce salesforce, SharedTokens tokens) {
        this.salesforce = salesforce;
        this.tokens = tokens;
    }

    @Override
    public void beforeApplicationStart(CamelContext camel) {
        // the client exists once the component has started
    }

    @Override
    public void afterApplicationStart(CamelContext camel) {
        salesforce.onRequest(this::keep);
    }

    private void keep(Request request) {
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
