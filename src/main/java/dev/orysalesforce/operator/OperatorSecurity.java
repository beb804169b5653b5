package dev.orysalesforce.operator;

import dev.orysalesforce.receive.Problems;
import dev.orysalesforce.receive.RefusedLogins;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AuthenticationFilter;
import org.springframework.security.web.authentication.www.BasicAuthenticationFilter;

/** Admits only callers with {@code OPERATOR_TOKEN} to the operator API; it is closed while there is no token. */
@Configuration
@ConditionalOnWebApplication
class OperatorSecurity {

    @Bean
    @Order(0)
    SecurityFilterChain operatorApi(HttpSecurity http, OperatorToken token, RefusedLogins refusedLogins, Problems problems)
            throws Exception {
        http.securityMatcher("/api/**")
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable) // no browser, no cookie
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .anonymous(AbstractHttpConfigurer::disable);
        return token.isSet() ? open(http, token, refusedLogins, problems) : closed(http, problems);
    }

    private static SecurityFilterChain open(HttpSecurity http, OperatorToken token, RefusedLogins refusedLogins, Problems problems)
            throws Exception {
        AuthenticationEntryPoint refuse = (request, response, failure) -> {
            refusedLogins.operator(request);
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
            problems.answer(request, response, "UNAUTHORIZED.operator");
        };
        AuthenticationFilter bearer = new AuthenticationFilter(token::authenticate, token::offered);
        bearer.setSuccessHandler((request, response, authentication) -> {});
        bearer.setFailureHandler(refuse::commence);
        return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .addFilterAt(bearer, BasicAuthenticationFilter.class)
                .exceptionHandling(handling -> handling.authenticationEntryPoint(refuse))
                .build();
    }

    private static SecurityFilterChain closed(HttpSecurity http, Problems problems) throws Exception {
        return http.authorizeHttpRequests(requests -> requests.anyRequest().denyAll())
                .exceptionHandling(handling -> handling
                        .accessDeniedHandler((request, response, failure) -> problems.answer(request, response, "OPERATOR_API_CLOSED")))
                .build();
    }
}
