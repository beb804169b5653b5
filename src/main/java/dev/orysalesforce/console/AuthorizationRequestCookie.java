package dev.orysalesforce.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.security.crypto.encrypt.BytesEncryptor;
import org.springframework.security.crypto.encrypt.Encryptors;
import org.springframework.security.crypto.keygen.KeyGenerators;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.AuthorizationRequestRepository;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.web.util.WebUtils;

/**
 * Keeps a login that has begun in an encrypted cookie of the browser, for two reasons. The browser comes back from another site, so
 * it does not send the session's cookie, which is {@code SameSite=Strict}; and a caller who has not logged in can't make the app
 * keep anything. Only the callback gets the cookie.
 */
class AuthorizationRequestCookie implements AuthorizationRequestRepository<OAuth2AuthorizationRequest> {

    static final String NAME = "ory-salesforce-console-oidc";
    private static final Duration LIFETIME = Duration.ofMinutes(10);

    private final ClientRegistrationRepository provider;
    private final ObjectMapper json;
    private final Clock clock;
    /** Another key at each start: a login that began before begins anew. */
    private final BytesEncryptor key =
            Encryptors.stronger(KeyGenerators.string().generateKey(), KeyGenerators.string().generateKey());

    /**
     * @param state what the provider has to send back
     * @param redirectUri where the provider sends the browser back to
     * @param attributes what the ID token and the call for it are checked with, and the page that the person wanted
     * @param end when it is too late, in seconds
     */
    private record Begun(String state, String redirectUri, Map<String, String> attributes, long end) {}

    AuthorizationRequestCookie(ClientRegistrationRepository provider, ObjectMapper json, Clock clock) {
        this.provider = provider;
        this.json = json;
        this.clock = clock;
    }

    @Override
    public void saveAuthorizationRequest(OAuth2AuthorizationRequest login, HttpServletRequest request, HttpServletResponse response) {
        try {
            Begun begun = new Begun(login.getState(), login.getRedirectUri(), Map.of(
                    OAuth2ParameterNames.REGISTRATION_ID, OidcProvider.ID,
                    "nonce", login.getAttribute("nonce"),
                    "code_verifier", login.getAttribute("code_verifier"),
                    LoginRequired.PAGE, login.getAttribute(LoginRequired.PAGE)), clock.instant().plus(LIFETIME).getEpochSecond());
            set(Base64.getUrlEncoder().withoutPadding().encodeToString(key.encrypt(json.writeValueAsBytes(begun))), LIFETIME, request,
                    response);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Null if no login has begun in this browser, or not this one, or too long ago. */
    @Override
    public OAuth2AuthorizationRequest loadAuthorizationRequest(HttpServletRequest request) {
        Begun begun = begun(WebUtils.getCookie(request, NAME));
        String state = request.getParameter(OAuth2ParameterNames.STATE);
        if (begun == null || state == null || !MessageDigest.isEqual(begun.state().getBytes(), state.getBytes())
                || clock.instant().isAfter(Instant.ofEpochSecond(begun.end()))) {
            return null;
        }
        request.setAttribute(LoginRequired.PAGE, begun.attributes().get(LoginRequired.PAGE));
        ClientRegistration client = provider.findByRegistrationId(OidcProvider.ID);
        return OAuth2AuthorizationRequest.authorizationCode().clientId(client.getClientId())
                .authorizationUri(client.getProviderDetails().getAuthorizationUri()).redirectUri(begun.redirectUri())
                .scopes(client.getScopes()).state(begun.state()).attributes(attributes -> attributes.putAll(begun.attributes())).build();
    }

    private Begun begun(Cookie cookie) {
        try {
            return cookie == null ? null : json.readValue(key.decrypt(Base64.getUrlDecoder().decode(cookie.getValue())), Begun.class);
        } catch (IOException | IllegalArgumentException | IllegalStateException e) {
            return null; // of another start, or forged
        }
    }

    @Override
    public OAuth2AuthorizationRequest removeAuthorizationRequest(HttpServletRequest request, HttpServletResponse response) {
        set("", Duration.ZERO, request, response);
        return loadAuthorizationRequest(request);
    }

    private static void set(String value, Duration lifetime, HttpServletRequest request, HttpServletResponse response) {
        response.addHeader(HttpHeaders.SET_COOKIE, ResponseCookie.from(NAME, value).path(OidcLogin.CALLBACK).maxAge(lifetime)
                .httpOnly(true).secure(request.isSecure()).sameSite("Lax").build().toString());
    }
}
