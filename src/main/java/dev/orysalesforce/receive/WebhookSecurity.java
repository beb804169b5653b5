package dev.orysalesforce.receive;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AuthenticationConverter;
import org.springframework.security.web.authentication.AuthenticationFilter;
import org.springframework.security.web.authentication.www.BasicAuthenticationConverter;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;
import org.springframework.web.filter.UrlHandlerFilter;

/**
 * Admits only callers with the webhook secret to the routes of webhooks and gateway. It runs before Camel because no header
 * of a caller, including {@code Authorization}, may reach an exchange.
 */
@Configuration
@ConditionalOnWebApplication
class WebhookSecurity {

    private static final String BEARER = "Bearer ";

    @Bean
    @Order(0)
    SecurityFilterChain webhooks(HttpSecurity http, WebhookSecrets secrets, WebhooksHealthIndicator health,
            Problems problems) throws Exception {
        AuthenticationEntryPoint unauthorized = (request, response, failure) -> {
            health.refused();
            problems.answer(request, response, "UNAUTHORIZED.webhook");
        };

        AuthenticationFilter secret = new AuthenticationFilter(secrets, secret());
        secret.setSuccessHandler((request, response, authentication) -> {});
        secret.setFailureHandler(unauthorized::commence);

        return http.securityMatcher("/webhooks/**", "/services/**")
                .authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .addFilterAt(secret, BasicAuthenticationFilter.class)
                .exceptionHandling(handling -> handling.authenticationEntryPoint(unauthorized))
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable) // no browser, no cookie
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .anonymous(AbstractHttpConfigurer::disable)
                .build();
    }

    /** Spring Security would measure each of its filters for each webhook, for meters that are not used. */
    @Bean
    SecurityObservationSettings filtersUnmeasured() {
        return SecurityObservationSettings.noObservations();
    }

    /** Hooks can send a header of any name; libraries for Salesforce send their access token. */
    private static AuthenticationConverter secret() {
        BasicAuthenticationConverter basicAuth = new BasicAuthenticationConverter();
        return request -> Stream.of(request.getHeader(WebhookSecrets.HEADER), request.getHeader(WebhookSecrets.API_KEY), bearer(request))
                .filter(Objects::nonNull).findFirst()
                .<Authentication>map(secret -> UsernamePasswordAuthenticationToken.unauthenticated(WebhookSecrets.ORY, secret))
                .orElseGet(() -> basicAuth.convert(request));
    }

    private static String bearer(HttpServletRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        return header != null && header.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? header.substring(BEARER.length()).strip() : null;
    }

    /** Ory appends nothing to an address, but people do, and so does simple-salesforce. */
    @Bean
    UrlHandlerFilter slashes() {
        return UrlHandlerFilter.trailingSlashHandler("/webhooks/**", "/services/data/**").wrapRequest().build();
    }
}
