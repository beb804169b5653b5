package dev.orysalesforce.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.ledger.FieldHash;
import dev.orysalesforce.receive.Problems;
import dev.orysalesforce.receive.RefusedLogins;
import java.time.Clock;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.ObjectPostProcessor;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.oauth2.client.OAuth2LoginConfigurer;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.client.oidc.authentication.OidcAuthorizationCodeAuthenticationProvider;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * The login by OpenID Connect. The way of a browser: the login page, {@link #START}, the provider, {@link #CALLBACK}, {@link #DONE},
 * the page that the person wanted.
 */
@Component
@PartOfConsole
class OidcLogin {

    static final String START = ConsoleSecurity.LOGIN + "/oidc";
    static final String CALLBACK = START + "/callback";
    static final String DONE = ConsoleSecurity.LOGIN + "/done";

    private final ConsoleSettings settings;
    private final OidcProvider provider;
    private final People people;
    private final AuthorizationRequestCookie cookie;
    private final OidcLoginFailure failure;

    OidcLogin(ConsoleSettings settings, FieldHash hash, RefusedLogins refusedLogins, Problems problems, ObjectMapper json, Clock clock) {
        this.settings = settings;
        this.provider = new OidcProvider(settings.oidc(), clock);
        this.people = new People(settings.oidc(), hash, provider.calls());
        this.cookie = new AuthorizationRequestCookie(provider, json, clock);
        this.failure = new OidcLoginFailure(refusedLogins, problems);
    }

    /** Where a person can end the session at the provider; null if that is not known. */
    String providersLogout() {
        return provider.logout();
    }

    /** Exchanges the code for an ID token, and checks it. */
    AuthenticationProvider exchange() {
        RestClientAuthorizationCodeTokenResponseClient tokens = new RestClientAuthorizationCodeTokenResponseClient();
        // Not a builder of the template: its own handler of errors would come first, and lose what the provider says.
        tokens.setRestClient(RestClient.builder().requestFactory(provider.calls().getRequestFactory())
                .messageConverters(converters -> {
                    converters.clear();
                    converters.add(new FormHttpMessageConverter());
                    converters.add(new OAuth2AccessTokenResponseHttpMessageConverter());
                })
                .defaultStatusHandler(new OAuth2ErrorResponseErrorHandler()).build());
        OidcAuthorizationCodeAuthenticationProvider exchange = new OidcAuthorizationCodeAuthenticationProvider(tokens, people);
        exchange.setJwtDecoderFactory(provider::idTokens);
        return exchange;
    }

    Customizer<OAuth2LoginConfigurer<HttpSecurity>> filters() {
        return login -> login.loginPage(ConsoleSecurity.LOGIN).loginProcessingUrl(CALLBACK)
                .clientRegistrationRepository(provider).authorizedClientRepository(new NoAccessTokens())
                .authorizationEndpoint(start -> start.authorizationRequestResolver(new AuthorizationRequests(provider, settings.url()))
                        .authorizationRequestRepository(cookie))
                // the redirect still counts as one of the provider's site, and the browser would not send the session's cookie
                .successHandler((request, response, person) -> response.sendRedirect(UriComponentsBuilder.fromPath(DONE)
                        .queryParam(LoginRequired.PAGE, "{then}").encode().buildAndExpand(LoginRequired.wanted(request)).toUriString()))
                .failureHandler(failure)
                .withObjectPostProcessor(new ObjectPostProcessor<OAuth2AuthorizationRequestRedirectFilter>() {
                    @Override
                    public <F extends OAuth2AuthorizationRequestRedirectFilter> F postProcess(F filter) {
                        filter.setAuthenticationFailureHandler(failure);
                        return filter;
                    }
                });
    }
}
