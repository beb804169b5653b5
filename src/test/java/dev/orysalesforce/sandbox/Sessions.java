package dev.orysalesforce.sandbox;

import java.security.PublicKey;
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
    private volatile PublicKey trusted;
    private volatile String username;
    private volatile boolean shared;

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

    /** Takes logins that are signed with the key of this certificate, for this user. */
    public void trust(PublicKey certificate, String user) {
        trusted = certificate;
        username = user;
    }

    PublicKey trusted() {
        return trusted;
    }

    String username() {
        return username;
    }

    /** Whether a login gets the token of an earlier one while that is alive, so that revoking it ends both sessions. */
    public void share(boolean yes) {
        shared = yes;
    }

    /** How many tokens are alive. */
    public int alive() {
        return (int) live.keySet().stream().filter(this::isAlive).count();
    }

    public boolean isAlive(String token) {
        return session(token) != null;
    }

    Session session(String token) {
        Session session = token == null ? null : live.get(token);
        return session == null || !Instant.now().isBefore(session.expiresAt) ? null : session;
    }

    String issue(String orgId) {
        String token = !shared ? fresh(orgId) : live.keySet().stream().filter(this::isAlive).findFirst()
                .orElseGet(() -> fresh(orgId));
        Instant now = Instant.now();
        Duration life = lifetime;
        live.put(token, new Session(now, life == null ? Instant.MAX : now.plus(life)));
        return token;
    }

    private String fresh(String orgId) {
        byte[] bytes = new byte[48];
        random.nextBytes(bytes);
        return orgId.substring(0, 15) + "!" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
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
