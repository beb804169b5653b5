package dev.orysalesforce.reconcile;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.settings.OrySettings;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.apache.camel.Headers;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.util.Timeout;
import org.springframework.stereotype.Component;

/**
 * The address of Ory's Admin API. Its key is added below Camel, so that it is in no exchange, trace or log. Redirects are
 * not followed and links are only read for their page token, so that the key goes to that address only.
 */
@Component("oryAdmin")
public class OryAdmin implements HttpClientConfigurer {

    /** 500 identities, each of the size that Ory's own webhooks can send. */
    private static final long LARGEST_ANSWER = 32 << 20;
    private static final Duration LONGEST_ANSWER = Duration.ofMinutes(2);
    private static final Timeout CONNECT = Timeout.ofSeconds(10);
    private static final Timeout SILENCE = Timeout.ofSeconds(60);
    private static final int MOST_HEADERS = 100;
    private static final int LONGEST_LINE = 16 << 10;

    private final OrySettings settings;
    private final ObjectMapper json;
    private final Clock clock;

    OryAdmin(OrySettings settings, ObjectMapper json, Clock clock) {
        this.settings = settings;
        this.json = json;
        this.clock = clock;
    }

    public boolean isSet() {
        return settings.adminUrl() != null;
    }

    public String getAddress() {
        return settings.adminUrl();
    }

    /**
     * The identities that Ory answered.
     *
     * @throws RunFailedException if it is not a list of identities and waiting does not help
     * @throws RetryLaterException if Ory is busy
     */
    public OryPage read(@Header("CamelHttpResponseCode") int status, @Headers Map<String, Object> headers, @Body byte[] body) {
        return OryPage.read(status, headers, body, json, clock.instant());
    }

    /** Whether a link leads to the configured host. */
    boolean isHere(URI link) {
        return link.getHost() == null || URI.create(settings.adminUrl()).getHost().equalsIgnoreCase(link.getHost());
    }

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        client.disableRedirectHandling().disableCookieManagement().disableAutomaticRetries()
                .setUserAgent("ory-salesforce-sync")
                .addExecInterceptorFirst("limit", new AnswerLimit(LARGEST_ANSWER, LONGEST_ANSWER))
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDefaultConnectionConfig(ConnectionConfig.custom().setConnectTimeout(CONNECT)
                                .setSocketTimeout(SILENCE).build())
                        .setConnectionFactory(ManagedHttpClientConnectionFactory.builder().http1Config(Http1Config.custom()
                                .setMaxHeaderCount(MOST_HEADERS).setMaxLineLength(LONGEST_LINE).build()).build())
                        .build());
        if (settings.adminToken() != null) {
            client.addRequestInterceptorFirst(
                    (request, body, context) -> request.setHeader(HttpHeaders.AUTHORIZATION, "Bearer " + settings.adminToken()));
        }
    }
}
