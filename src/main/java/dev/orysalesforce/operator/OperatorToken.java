package dev.orysalesforce.operator;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.stereotype.Component;

/** Checks {@code OPERATOR_TOKEN}: a bearer token, the password of user {@code operator}, and what a person logs in with. */
@Component
public class OperatorToken {

    private static final String OPERATOR = "operator";
    private static final String BEARER = "Bearer ";

    private final byte[] token;

    OperatorToken(@Value("${OPERATOR_TOKEN:}") String token) {
        this.token = token.strip().getBytes(StandardCharsets.UTF_8);
    }

    /** Whether there is one: without it, everything that it opens stays closed. */
    public boolean isSet() {
        return token.length > 0;
    }

    /** The token that a request presents; null if it presents none. */
    Authentication offered(HttpServletRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        return header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length()) ? null
                : UsernamePasswordAuthenticationToken.unauthenticated(OPERATOR, header.substring(BEARER.length()).strip());
    }

    /** For the login of the console, which has no name of a user. */
    public Authentication logIn(String offered) {
        return authenticate(UsernamePasswordAuthenticationToken.unauthenticated(OPERATOR, offered.strip()));
    }

    Authentication authenticate(Authentication offered) {
        byte[] theirs = String.valueOf(offered.getCredentials()).getBytes(StandardCharsets.UTF_8);
        if (!isSet() || !MessageDigest.isEqual(token, theirs) || !OPERATOR.equals(offered.getPrincipal())) {
            throw new BadCredentialsException("unknown token");
        }
        return UsernamePasswordAuthenticationToken.authenticated(OPERATOR, null,
                AuthorityUtils.createAuthorityList(Stream.of(Role.values()).map(Role::authority).toList()));
    }
}
