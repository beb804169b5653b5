package dev.orysalesforce.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

/**
 * The JWT of a login by key, as Salesforce takes it: RS256, {@code iss} the consumer key, {@code sub} the user, {@code aud}
 * Salesforce itself, and an {@code exp} not far away.
 */
record Assertion(String signed, JsonNode header, JsonNode claims, byte[] signature) {
    private static final String AUDIENCE = "https://login.salesforce.com";
    private static final Duration LONGEST = Duration.ofMinutes(5);

    static Assertion of(String token) {
        try {
            String[] parts = String.valueOf(token).split("\\.");
            return new Assertion(parts[0] + "." + parts[1], Json.readObject(decoded(parts[0])),
                    Json.readObject(decoded(parts[1])), decoded(parts[2]));
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException | ApiError e) {
            return new Assertion("", Json.object(), Json.object(), new byte[0]);
        }
    }

    /** Null if it is taken. */
    Answer refusal(Sessions sessions) {
        if (!sessions.clientId().equals(claims.path("iss").asText())) {
            return LoginCalls.refused("invalid_client_id", "client identifier invalid");
        }
        Instant expiry = Instant.ofEpochSecond(claims.path("exp").asLong());
        if (!isSigned(sessions) || !expiry.isAfter(Instant.now()) || expiry.isAfter(Instant.now().plus(LONGEST))) {
            return LoginCalls.refused("invalid_grant", "invalid assertion");
        }
        if (!claims.path("aud").asText().equals(AUDIENCE)) {
            return LoginCalls.refused("invalid_grant", "audience is invalid");
        }
        return claims.path("sub").asText().equals(sessions.username()) ? null
                : LoginCalls.refused("invalid_grant", "user hasn't approved this consumer");
    }

    private boolean isSigned(Sessions sessions) {
        try {
            Signature check = Signature.getInstance("SHA256withRSA");
            check.initVerify(sessions.trusted());
            check.update(signed.getBytes(StandardCharsets.UTF_8));
            return header.path("alg").asText().equals("RS256") && check.verify(signature);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static byte[] decoded(String part) {
        return Base64.getUrlDecoder().decode(part);
    }
}
