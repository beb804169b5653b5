package dev.orysalesforce.receive;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.stereotype.Component;

/** Checks the secrets of {@code ORY_WEBHOOK_SECRET}: one, or several during a rotation. */
@Component
public class WebhookSecrets implements AuthenticationManager {

    /** The header that Ory's API key is sent in. */
    public static final String HEADER = "X-Webhook-Secret";

    /** Where other hooks, and many gateways, have it. */
    static final String API_KEY = "X-Api-Key";

    /** The user name that Ory's basic auth has to send. */
    static final String ORY = "ory";

    private final List<byte[]> secrets;

    WebhookSecrets(@Value("${ORY_WEBHOOK_SECRET}") String commaSeparated) {
        secrets = Arrays.stream(commaSeparated.split(","))
                .map(String::strip)
                .filter(secret -> !secret.isEmpty())
                .map(secret -> secret.getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public Authentication authenticate(Authentication offered) throws AuthenticationException {
        if (!knows(String.valueOf(offered.getCredentials())) || !ORY.equals(offered.getPrincipal())) {
            throw new BadCredentialsException("unknown secret");
        }
        return UsernamePasswordAuthenticationToken.authenticated(ORY, null, AuthorityUtils.createAuthorityList("ORY"));
    }

    /** Whether it is one of them. */
    public boolean knows(String secret) {
        boolean known = false;
        for (byte[] ours : secrets) {
            known |= MessageDigest.isEqual(ours, secret.getBytes(StandardCharsets.UTF_8)); // compares all, so that the time reveals nothing
        }
        return known;
    }

    /** The secret for new hooks. */
    public String first() {
        return new String(secrets.get(0), StandardCharsets.UTF_8);
    }
}
