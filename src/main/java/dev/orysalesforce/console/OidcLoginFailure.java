package dev.orysalesforce.console;

import dev.orysalesforce.receive.Problems;
import dev.orysalesforce.receive.RefusedLogins;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.web.authentication.AuthenticationFailureHandler;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.ResourceAccessException;

/**
 * Lets the login page tell in plain words why a login by OpenID Connect failed. What the provider says about it, or what is in its
 * tokens, is neither told nor logged.
 */
class OidcLoginFailure implements AuthenticationFailureHandler {

    /** What the login page tells, by the code of the failure. All other codes concern what the provider has answered. */
    private static final Map<String, String> TOLD = Map.ofEntries(
            Map.entry(OidcProvider.UNREACHABLE, "unreachable"), Map.entry("server_error", "unreachable"),
            Map.entry("temporarily_unavailable", "unreachable"),
            Map.entry(OidcProvider.OTHER_ISSUER, "issuer"),
            Map.entry("authorization_request_not_found", "late"), Map.entry("invalid_grant", "late"),
            Map.entry("access_denied", "cancelled"),
            Map.entry("invalid_client", "unknown"), Map.entry("unauthorized_client", "unknown"),
            Map.entry("invalid_request", "unknown"), Map.entry("invalid_scope", "unknown"),
            Map.entry("unsupported_response_type", "unknown"));
    private static final String OF_THE_ANSWER = "untrusted";

    private final RefusedLogins refusedLogins;
    private final Problems problems;
    private final LoginRequired login = new LoginRequired();

    OidcLoginFailure(RefusedLogins refusedLogins, Problems problems) {
        this.refusedLogins = refusedLogins;
        this.problems = problems;
    }

    @Override
    public void onAuthenticationFailure(HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
            throws IOException, ServletException {
        String code = code(failure);
        String told = isAnswer(request) ? TOLD.getOrDefault(code, OF_THE_ANSWER) : "late";
        refusedLogins.person(request, code.equals(People.NO_ROLE) ? "no known role" : told);
        if (code.equals(People.NO_ROLE)) {
            ErrorPage.show(problems.problem("NO_ROLE"), request, response);
        } else {
            login.ask(request, response, told);
        }
    }

    /** Whether a provider may have sent this, or the login has only begun; a bare address is an old one. */
    private static boolean isAnswer(HttpServletRequest request) {
        return !request.getServletPath().equals(OidcLogin.CALLBACK) || request.getParameter("code") != null
                || request.getParameter("error") != null;
    }

    /** A call that has failed is behind codes that say less. */
    private static String code(Throwable failure) {
        String code = "";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ResourceAccessException) {
                return OidcProvider.UNREACHABLE;
            }
            if (cause instanceof HttpClientErrorException.Unauthorized) { // RFC 6749, 5.2: the client is not accepted
                return OAuth2ErrorCodes.INVALID_CLIENT;
            }
            if (cause instanceof OAuth2AuthenticationException known && known.getError().getErrorCode() != null) {
                code = known.getError().getErrorCode();
            }
        }
        return code;
    }
}
