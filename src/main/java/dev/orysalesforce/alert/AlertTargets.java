package dev.orysalesforce.alert;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.receive.BadRequestException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.SendFailedException;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.http.base.HttpOperationFailedException;
import org.apache.camel.util.ObjectHelper;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.util.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.stereotype.Component;

/**
 * Where alerts go, and what became of them. Addresses and secrets are in no endpoint, log, metric or answer: the address of a
 * Slack webhook is a secret itself.
 */
@Component("alertTargets")
public class AlertTargets implements HttpClientConfigurer {

    private static final Logger LOG = LoggerFactory.getLogger(AlertTargets.class);
    private static final String ALERTS = "ory.sync.alerts";
    private static final String UNKNOWN = "the app could not send it; its log names the kind of failure";
    private static final Timeout SILENCE = Timeout.ofSeconds(10);

    private final AlertSettings settings;
    private final MeterRegistry meters;
    private final ObjectMapper json;
    private final Clock clock;
    private final Map<Target, Delivery> last = new EnumMap<>(Target.class);

    /** The kinds of targets. */
    enum Target {
        SLACK, WEBHOOK, MAIL;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param failure null if it was delivered */
    private record Delivery(Instant at, String failure) {}

    /**
     * A target in {@code GET /api/alerts}.
     *
     * @param host without path and login
     * @param sent how many alerts it took since the start
     * @param failed how many were dropped
     * @param lastAt when the last alert was delivered or dropped
     * @param lastFailure why the last alert was dropped; null if it was delivered
     */
    public record Report(String target, String host, long sent, long failed, Instant lastAt, String lastFailure) {}

    AlertTargets(AlertSettings settings, MeterRegistry meters, ObjectMapper json, Clock clock) {
        this.settings = settings;
        this.meters = meters;
        this.json = json;
        this.clock = clock;
        targets().forEach(target -> Stream.of(AlertKind.values()).forEach(kind -> {
            counter(kind.label(), target, "sent");
            counter(kind.label(), target, "failed");
        }));
    }

    /** Whether alerts go anywhere. */
    public boolean isAny() {
        return !targets().isEmpty();
    }

    /** @param only the one target that is meant; null for all */
    public boolean isWanted(String target, String only) {
        return host(Target.valueOf(target.toUpperCase(Locale.ROOT))) != null && (only == null || only.equals(target));
    }

    /**
     * Reads which target a test alert is for.
     *
     * @param body {@code {"target":"slack"}}; nothing for all
     * @return null for all
     */
    public String select(String body) throws JsonProcessingException {
        if (body == null || body.isBlank()) {
            return null;
        }
        JsonNode wanted = json.readTree(body);
        JsonNode target = wanted.path("target");
        boolean isAll = wanted.isObject() && wanted.isEmpty();
        if (!isAll && (wanted.size() != 1 || Stream.of(Target.values()).noneMatch(one -> one.label().equals(target.textValue())))) {
            throw new BadRequestException("The body is {\"target\":\"slack\"}, \"webhook\" or \"mail\"; without one, the alert goes to all"
                    + " targets.");
        }
        return target.textValue();
    }

    /** Whether there is a target that was selected. */
    public boolean isAnyWanted(String only) {
        return targets().stream().anyMatch(target -> only == null || target.label().equals(only));
    }

    /** What an operator has asked for. */
    public Alert test() {
        String console = settings.consoleUrl();
        return new Alert(UUID.randomUUID().toString(), AlertKind.TEST.label(), "told", AlertKind.TEST.title(false),
                "An operator has asked ory-salesforce-sync for it. Nothing is wrong.", clock.instant(), null, null, Map.of(), null,
                console == null ? null : console + "/console" + AlertKind.TEST.page());
    }

    /** The whole address; it is a secret. */
    public String address(String target) {
        return target.equals(Target.SLACK.label()) ? settings.slack().url() : settings.webhook().url();
    }

    /** For Slack's {@code text}, in which three characters have a meaning. */
    public Map<String, String> slack(Alert alert) {
        return Map.of("text", alert.message().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"));
    }

    public String mailFrom() {
        return settings.mail().from();
    }

    public String mailTo() {
        return String.join(",", settings.mail().to());
    }

    /** A target has taken an alert. */
    public void sent(String target, Alert alert) {
        Target to = Target.valueOf(target.toUpperCase(Locale.ROOT));
        counter(alert.kind(), to, "sent").increment();
        note(to, new Delivery(clock.instant(), null));
        LOG.info("Alert {} {} sent to {}", alert.kind(), alert.state(), target);
    }

    /** A target has not taken an alert, after all tries. */
    public void dropped(String target, Alert alert, Exception failure) {
        Target to = Target.valueOf(target.toUpperCase(Locale.ROOT));
        HttpOperationFailedException answer = ObjectHelper.getException(HttpOperationFailedException.class, failure);
        Throwable cause = NestedExceptionUtils.getMostSpecificCause(failure);
        String reason = answer != null ? "it answered " + answer.getStatusCode() : words(cause);
        counter(alert.kind(), to, "failed").increment();
        note(to, new Delivery(clock.instant(), reason));
        LOG.warn("Alert {} {} was dropped, because {} at {} did not take it: {}{}", alert.kind(), alert.state(), target, host(to),
                reason, reason.equals(UNKNOWN) ? " (" + cause.getClass().getSimpleName() + ")" : "");
    }

    /** Without the message of the failure, which may hold the address. */
    private static String words(Throwable failure) {
        return failure instanceof UnknownHostException ? "its name is unknown"
                : failure instanceof SocketTimeoutException ? "it did not answer in time"
                : failure instanceof ConnectException || failure instanceof NoRouteToHostException ? "it can't be reached"
                : failure instanceof SSLException ? "there is no TLS connection that both sides trust"
                : failure instanceof SocketException || failure instanceof EOFException || failure instanceof NoHttpResponseException
                        || failure instanceof ConnectionClosedException ? "it closed the connection"
                : failure instanceof RejectedExecutionException ? "too many alerts wait for it"
                : failure instanceof AuthenticationFailedException ? "it refuses the login"
                : failure instanceof SendFailedException ? "it refuses the mail"
                : UNKNOWN;
    }

    /** The configured targets. */
    public List<Report> report() {
        List<Report> reports = new ArrayList<>();
        for (Target target : targets()) {
            Delivery delivery;
            synchronized (last) {
                delivery = last.get(target);
            }
            reports.add(new Report(target.label(), host(target), total(target, "sent"), total(target, "failed"),
                    delivery == null ? null : delivery.at(), delivery == null ? null : delivery.failure()));
        }
        return reports;
    }

    private void note(Target target, Delivery delivery) {
        synchronized (last) {
            last.put(target, delivery);
        }
    }

    private long total(Target target, String result) {
        return (long) meters.find(ALERTS).tag("target", target.label()).tag("result", result).counters().stream()
                .mapToDouble(Counter::count).sum();
    }

    private Counter counter(String kind, Target target, String result) {
        return meters.counter(ALERTS, "kind", kind, "target", target.label(), "result", result);
    }

    private List<Target> targets() {
        return Stream.of(Target.values()).filter(target -> host(target) != null).toList();
    }

    /** Null if the target is not configured. */
    private String host(Target target) {
        String address = switch (target) {
            case SLACK -> settings.slack().url();
            case WEBHOOK -> settings.webhook().url();
            case MAIL -> settings.mail().server();
        };
        return address == null ? null : URI.create(address).getHost();
    }

    /** A redirect is not followed, because the alert would go to another host. Camel repeats a failed request. */
    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        client.disableContentCompression().disableRedirectHandling().disableCookieManagement().disableAutomaticRetries()
                .setUserAgent("ory-salesforce-sync")
                .setDefaultRequestConfig(RequestConfig.custom().setResponseTimeout(SILENCE).build())
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setDefaultConnectionConfig(ConnectionConfig.custom().setConnectTimeout(SILENCE).setSocketTimeout(SILENCE)
                                .build())
                        .build());
    }
}
