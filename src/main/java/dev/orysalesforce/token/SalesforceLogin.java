package dev.orysalesforce.token;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.salesforce.CamelSalesforce;
import dev.orysalesforce.settings.RouteNames;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/**
 * Logs in to Salesforce for the clients of the token endpoint. It does not use the session of camel-salesforce, which
 * revokes its token when it logs in again and when the app stops.
 */
@Component("salesforceLogin")
public class SalesforceLogin {

    private final CamelSalesforce salesforce;
    private final ProducerTemplate camel;
    private final ObjectMapper json;
    private final Clock clock;
    private final TokenSettings settings;
    private final String address;
    private final String client;

    SalesforceLogin(CamelSalesforce salesforce, @Lazy ProducerTemplate camel, ObjectMapper json, Clock clock, TokenSettings settings,
            @Value("${SALESFORCE_LOGIN_URL}") String loginUrl, @Value("${SALESFORCE_CLIENT_ID}") String id,
            @Value("${SALESFORCE_CLIENT_SECRET:}") String secret) {
        this.salesforce = salesforce;
        this.camel = camel;
        this.json = json;
        this.clock = clock;
        this.settings = settings;
        this.address = StringUtils.trimTrailingCharacter(loginUrl.strip(), '/') + "/services/oauth2";
        this.client = "client_id=" + encoded(id) + "&client_secret=" + encoded(secret);
    }

    /** Why there is no token; the message quotes no secret. */
    static final class Failed extends Exception {

        Failed(String message) {
            super(message, null, false, false);
        }
    }

    public String getAddress() {
        return address;
    }

    /** A new token. Its lifetime is the shorter of Salesforce's and the configured one. */
    Token logIn() throws Failed {
        Instant before = clock.instant();
        Exchange answer = post(RouteNames.TOKEN_LOGIN, form());
        JsonNode body = body(answer);
        if (status(answer) != 200 || !body.hasNonNull("access_token") || !body.hasNonNull("instance_url")) {
            throw new Failed(why(answer, body));
        }
        Token token = new Token(body.path("access_token").asText(), body.path("instance_url").asText(),
                body.path("scope").textValue(), before.plus(settings.sessionLifetime()), settings.sessionLifetime());
        Instant expiry = introspect(token).map(Introspection::expiry).orElse(null);
        if (expiry == null || !expiry.isBefore(token.expiresAt())) {
            return token;
        }
        return new Token(token.value(), token.instanceUrl(), token.scope(), expiry, Duration.between(before, expiry));
    }

    /**
     * Salesforce's answer about a token.
     *
     * @param active whether it is valid
     * @param expiry when it expires; null if Salesforce does not say
     */
    record Introspection(boolean active, Instant expiry) {}

    /** Empty if Salesforce does not say; the login need not be permitted to ask. */
    Optional<Introspection> introspect(Token token) {
        Exchange answer = post(RouteNames.TOKEN_INTROSPECTION,
                "token=" + encoded(token.value()) + "&token_type_hint=access_token&" + client);
        JsonNode body = body(answer);
        if (status(answer) != 200 || !body.path("active").isBoolean()) {
            return Optional.empty();
        }
        long expiry = body.path("exp").asLong();
        return Optional.of(new Introspection(body.path("active").asBoolean(),
                expiry == 0 ? null : Instant.ofEpochSecond(expiry)));
    }

    /** The same login as the sync's, by secret or by key, with a session of its own. */
    private String form() throws Failed {
        try {
            return salesforce.loginForm();
        } catch (PauseDeliveryException e) {
            throw new Failed(e.getMessage());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Exchange post(String route, String form) {
        return camel.request(route, exchange -> exchange.getMessage().setBody(form));
    }

    private static int status(Exchange answer) {
        return answer.getException() != null ? 0
                : answer.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 0, Integer.class);
    }

    private JsonNode body(Exchange answer) {
        try {
            String body = answer.getException() != null ? null : answer.getMessage().getBody(String.class);
            JsonNode parsed = body == null ? null : json.readTree(body);
            return parsed == null ? json.missingNode() : parsed;
        } catch (JsonProcessingException e) {
            return json.missingNode();
        }
    }

    private static String why(Exchange answer, JsonNode body) {
        int status = status(answer);
        if (status == 400 || status == 401) {
            return "Salesforce refuses the login" + (body.hasNonNull("error") ? ": " + body.path("error").asText() + ": "
                    + body.path("error_description").asText() : "") + ". The operator finds more at /observe/health.";
        }
        return status == 0 ? "Salesforce can't be reached: " + answer.getException().getClass().getSimpleName() + "."
                : "Salesforce answers the login with status " + status + " and no reason.";
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
