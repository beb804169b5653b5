package dev.orysalesforce.doctor;

import dev.orysalesforce.receive.WebhookSecrets;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.springframework.stereotype.Component;

/** The secret of a webhook that the app sends to itself; added below Camel, so that it is in no exchange, trace or log. */
@Component("webhookSecret")
class WebhookSecret implements HttpClientConfigurer {

    private final WebhookSecrets secrets;

    WebhookSecret(WebhookSecrets secrets) {
        this.secrets = secrets;
    }

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        client.disableRedirectHandling().disableCookieManagement().disableAutomaticRetries()
                .disableContentCompression() // Camel unpacks the answer
                .setUserAgent("ory-salesforce-sync")
                .addRequestInterceptorFirst((request, body, context) -> request.setHeader(WebhookSecrets.HEADER, secrets.first()));
    }
}
