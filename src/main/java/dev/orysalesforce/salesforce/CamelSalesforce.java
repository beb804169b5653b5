package dev.orysalesforce.salesforce;

import java.io.IOException;
import org.apache.camel.CamelContext;
import org.apache.camel.component.salesforce.SalesforceComponent;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.apache.camel.component.salesforce.internal.SalesforceSession;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.io.Content;
import org.springframework.stereotype.Component;

/** The session and the HTTP client of camel-salesforce. Both are internals of Camel, so no other class uses them. */
@Component
public class CamelSalesforce {

    private final CamelContext camel;

    CamelSalesforce(CamelContext camel) {
        this.camel = camel;
    }

    /**
     * Makes sure that there is a token.
     *
     * @param refusedToken one that Salesforce does not accept any more; null if there is none
     */
    String login(String refusedToken) throws SalesforceException {
        return session().login(refusedToken);
    }

    void logout() throws SalesforceException {
        session().logout();
    }

    /** Null before the first login. */
    String token() {
        return session().getAccessToken();
    }

    String orgId() {
        return session().getOrgId();
    }

    /** The URL that ends with the ID of the user; null before the first login. */
    String identityUrl() {
        return session().getId();
    }

    /** Null before the first login. */
    String instanceUrl() {
        return session().getInstanceUrl();
    }

    String loginUrl() {
        return component().getLoginConfig().getLoginUrl();
    }

    /** What a login sends, by secret or by key. */
    public String loginForm() throws IOException {
        return Content.Source.asString(session().getLoginRequest(null).getBody());
    }

    /** Shows each request before it is sent. Only once Camel has started, for there is no client before. */
    void onRequest(Request.QueuedListener listener) {
        component().getHttpClient().getRequestListeners().addQueuedListener(listener);
    }

    private SalesforceSession session() {
        return component().getSession();
    }

    private SalesforceComponent component() {
        return camel.getComponent("salesforce", SalesforceComponent.class);
    }
}
