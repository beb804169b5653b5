package dev.orysalesforce.reconcile;

import dev.orysalesforce.settings.OrySettings;
import java.net.URI;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * The address of Ory's Admin API. Its key is added below Camel, so that it is in no exchange, trace or log. Redirects are
 * not followed and links are only read for their page token, so that the key goes to that address only.
 */
@Component("oryAdmin")
public class OryAdmin implements HttpClientConfigurer {

    private final OrySettings settings;

    OryAdmin(OrySettings settings) {
        this.settings = settings;
    }

    public boolean isSet() {
        return settings.adminUrl() != null;
    }

    public String getAddress() {
        return settings.adminUrl();
    }

    /** Whether a link leads to the configured host. */
    boolean isHere(URI link) {
        return link.getHost() == null || URI.create(settings.adminUrl()).getHost().equalsIgnoreCase(link.getHost());
    }

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        client.disableRedirectHandling().disableCookieManagement().disableAutomaticRetries()
                .setUserAgent("ory-salesforce-sync");
        if (settings.adminToken() != null) {
            client.addRequestInterceptorFirst((request, body, context) ->
                    request.setHeader(HttpHeaders.AUTHORIZATION, "Bearer " + settings.adminToken()));
        }
    }
}
