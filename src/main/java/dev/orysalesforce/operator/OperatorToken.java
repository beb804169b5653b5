package dev.orysalesforce.operator;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.stereotype.Component;

/** Checks {@code OPERATOR_TOKEN}: a bearer token, and the password of user {@code operator}. */
@Component
class OperatorToken {

    private static final String OPERATOR = "operator";
    private static final String BEARER = "Bearer ";

    private final byte[] token;

    OperatorToken(@Value("${OPERATOR_TOKEN:}") String token) {
        this.token = token.strip().getBytes(StandardCharsets.UTF_8);
    }

    boolean isSet() {
        return token.length > 0;
    }

    /** The token that a request presents; null if it presents none. */
    Authentication offered(HttpServletRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        return header == null || !header.regionMatches(true, 0, BEARER, 0, BEARER.length()) ? null
                : UsernamePasswordAuthenticationToken.unauthenticated(OPERATOR, header.substring(BEARER.length()).strip());
    }

    Authentication authenticate(Authentication offered) {
        byte[] theirs = String.valueOf(offered.getCredentials()).getBytes(StandardCharsets.UTF_8);
        if (!isSet() || !MessageDigest.isEqual(token, theirs) || !OPERATOR.equals(offered.getPrincipal())) {
            throw new BadCredentialsException("unknown token");
        }
        return UsernamePasswordAuthenticationToken.authenticated(OPERATOR, null,
                AuthorityUtils.createAuthorityList("OPERATOR"));
    }
}
