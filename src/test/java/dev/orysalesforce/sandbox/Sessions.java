package dev.orysalesforce.sandbox;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The one client of the org and the tokens it was given. */
public final class Sessions {
    private final Map<String, Session> live = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();
    private volatile String clientId = "sandbox-client";
    private volatile String clientSecret = "sandbox-secret";
    private volatile Duration lifetime;

    record Session(Instant issuedAt, Instant expiresAt) {
    }

    /** {@code sandbox-client} unless changed. */
    public String clientId() {
        return clientId;
    }

    /** {@code sandbox-secret} unless changed. */
    public String clientSecret() {
        return clientSecret;
    }

    /** Rotates the secret; tokens that were handed out live on. */
    public void clientSecret(String changed) {
        clientSecret = changed;
    }

    /** How many tokens are alive. */
    public int alive() {
        return (int) live.keySet().stream().filter(this::isAlive).count();
    }

    boolean isAlive(String token) {
        return session(token) != null;
    }

    Session session(String token) {
        Session session = token == null ? null : live.get(token);
        return session == null || !Instant.now().isBefore(session.expiresAt) ? null : session;
    }

    String issue(String orgId) {
        byte[] bytes = new byte[48];
        random.nextBytes(bytes);
        String token = orgId.substring(0, 15) + "!" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        Instant now = Instant.now();
        Duration life = lifetime;
        live.put(token, new Session(now, life == null ? Instant.MAX : now.plus(life)));
        return token;
    }

    void revoke(String token) {
        live.remove(token);
    }

    void expireAll() {
        live.clear();
    }

    void lifetime(Duration changed) {
        lifetime = changed;
    }
}
