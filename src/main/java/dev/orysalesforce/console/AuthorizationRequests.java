package dev.orysalesforce.console;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.http.HttpHeaders;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestCustomizers;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;

/** Begins a login by OpenID Connect: with state, nonce and PKCE, and with the page that the person wanted. */
class AuthorizationRequests implements OAuth2AuthorizationRequestResolver {

    private final DefaultOAuth2AuthorizationRequestResolver requests;
    private final String consoleUrl;

    /** @param consoleUrl null if the browser knows it best */
    AuthorizationRequests(ClientRegistrationRepository provider, String consoleUrl) {
        this.requests = new DefaultOAuth2AuthorizationRequestResolver(provider, OidcLogin.START);
        this.requests.setAuthorizationRequestCustomizer(OAuth2AuthorizationRequestCustomizers.withPkce());
        this.consoleUrl = consoleUrl;
    }

    @Override
    public OAuth2AuthorizationRequest resolve(HttpServletRequest request) {
        return request.getServletPath().equals(OidcLogin.START) ? resolve(request, OidcProvider.ID) : null;
    }

    @Override
    public OAuth2AuthorizationRequest resolve(HttpServletRequest request, String provider) {
        return OAuth2AuthorizationRequest.from(requests.resolve(request, provider))
                .redirectUri((consoleUrl == null ? address(request) : consoleUrl) + OidcLogin.CALLBACK)
                .attributes(attributes -> attributes.put(LoginRequired.PAGE, LoginRequired.wanted(request)))
                .build();
    }

    /** A caller who lies about it is sent back to an address that the provider does not know, and so refuses. */
    private static String address(HttpServletRequest request) {
        return (request.isSecure() ? "https://" : "http://") + request.getHeader(HttpHeaders.HOST);
    }
}
