package dev.orysalesforce.token;

import dev.orysalesforce.salesforce.SharedTokens;
import dev.orysalesforce.settings.SyncSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Hands out one Salesforce token to all clients, and renews it in time: one login, however many clients ask at once. */
@Component("tokenBroker")
public class TokenBroker implements SharedTokens {

    private static final Logger LOG = LoggerFactory.getLogger(TokenBroker.class);

    private final SalesforceLogin login;
    private final TokenClients clients;
    private final SyncSettings.BackOff backOff;
    private final Duration checkEvery;
    private final Duration timeout;
    private final Clock clock;
    private final MeterRegistry meters;
    private final ReentrantLock oneAtATime = new ReentrantLock();
    private final Map<String, Instant> handedOut = new ConcurrentHashMap<>();
    private volatile Held held;
    private volatile Failure failure;

    private record Held(Token token, Instant checkedAt) {}

    private record Failure(String message, Instant nextTry, int times) {}

    TokenBroker(SalesforceLogin login, TokenClients clients, SyncSettings settings, TokenSettings tokens, Clock clock,
            MeterRegistry meters) {
        this.login = login;
        this.clients = clients;
        this.backOff = settings.backOff();
        this.checkEvery = tokens.introspectionInterval();
        this.timeout = tokens.timeout();
        this.clock = clock;
        this.meters = meters;
    }

    /** @param client the client that asks, one of {@code TOKEN_CLIENTS} */
    public TokenResponse token(String client) {
        if (!isFresh(held)) {
            if (!isMyTurn()) {
                return new TokenResponse(503, new OAuthError("temporarily_unavailable",
                        "Salesforce has not answered the login of another request yet. Try again."), 1L);
            }
            try {
                if (!isFresh(held)) {
                    refresh();
                }
            } finally {
                oneAtATime.unlock();
            }
        }
        Held now = held;
        return now != null && now.token().isValid(clock.instant()) ? granted(now.token(), client) : refused(failure);
    }

    /** The request that logs in may wait for Salesforce twice as long; those behind it are told to try again. */
    private boolean isMyTurn() {
        try {
            return oneAtATime.tryLock(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** The answer after an internal failure. */
    public TokenResponse failed() {
        return new TokenResponse(503, new OAuthError("temporarily_unavailable",
                "The app could not do this. Its log says where it failed."), 5L);
    }

    @Override
    public boolean isHandedOut(String token) {
        handedOut.values().removeIf(expiry -> expiry.isBefore(clock.instant()));
        return handedOut.containsKey(token);
    }

    @Override
    public void markSuspect(String token) {
        Held now = held;
        if (now != null && now.token().value().equals(token)) {
            held = new Held(now.token(), Instant.MIN);
        }
    }

    /** Whether it can be handed out without a query to Salesforce. */
    private boolean isFresh(Held now) {
        Instant instant = clock.instant();
        return now != null && now.checkedAt().isAfter(instant.minus(checkEvery))
                && (!now.token().isNearExpiry(instant) || now.token().isValid(instant) && isPausing(instant));
    }

    private void refresh() {
        Instant now = clock.instant();
        if (held != null && (!held.token().isNearExpiry(now) || isPausing(now))) {
            check(held.token());
        }
        if ((held == null || held.token().isNearExpiry(now)) && !isPausing(now)) {
            logIn();
        }
    }

    /** An administrator, or a log-out of the same session elsewhere, may have ended it before its time. */
    private void check(Token token) {
        Optional<SalesforceLogin.Introspection> said = login.introspect(token);
        Token known = said.map(SalesforceLogin.Introspection::expiry).filter(Objects::nonNull).map(token::expiringAt)
                .orElse(token);
        held = said.isPresent() && !said.get().active() ? null : new Held(known, clock.instant());
    }

    private void logIn() {
        try {
            Token token = login.logIn();
            if (failure != null) {
                LOG.info("The token endpoint has a token again");
            }
            failure = null;
            held = new Held(token, clock.instant());
        } catch (SalesforceLogin.Failed e) {
            int times = failure == null ? 1 : failure.times() + 1;
            if (times == 1) {
                LOG.warn("The token endpoint gets no token: {}", e.getMessage());
            }
            failure = new Failure(e.getMessage(), clock.instant().plus(backOff.pauseAfter(times)), times);
        }
    }

    private boolean isPausing(Instant now) {
        return failure != null && now.isBefore(failure.nextTry());
    }

    private TokenResponse granted(Token token, String client) {
        handedOut.put(token.value(), token.expiresAt());
        if (clients.hasId(client)) {
            meters.counter(TokenClients.COUNTER, "client", client).increment();
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("access_token", token.value());
        body.put("token_type", "Bearer");
        body.put("expires_in", token.left(clock.instant()).toSeconds());
        body.put("instance_url", token.instanceUrl());
        if (token.scope() != null) {
            body.put("scope", token.scope());
        }
        return new TokenResponse(200, body, null);
    }

    private TokenResponse refused(Failure why) {
        long seconds = why == null ? 1 : Math.max(1, Duration.between(clock.instant(), why.nextTry()).toSeconds() + 1);
        return new TokenResponse(503, new OAuthError("temporarily_unavailable", why == null
                ? "The session has just ended. Try again." : why.message()), seconds);
    }
}
