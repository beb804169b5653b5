package dev.orysalesforce.operator;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.receive.Problem;
import dev.orysalesforce.receive.RefusedLogins;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
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
    SecurityFilterChain operatorApi(HttpSecurity http, OperatorToken token, RefusedLogins refusedLogins, ObjectMapper json)
            throws Exception {
        http.securityMatcher("/api/**")
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable) // no browser, no cookie
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .anonymous(AbstractHttpConfigurer::disable);
        return token.isSet() ? open(http, token, refusedLogins, json) : closed(http, json);
    }

    private static SecurityFilterChain open(HttpSecurity http, OperatorToken token, RefusedLogins refusedLogins, ObjectMapper json)
            throws Exception {
        Problem unauthorized = Problem.of(HttpStatus.UNAUTHORIZED, "UNAUTHORIZED",
                "The operator token is missing or wrong. Send Authorization: Bearer with the value of OPERATOR_TOKEN.");
        AuthenticationEntryPoint refuse = (request, response, failure) -> {
            refusedLogins.operator(request);
            response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
            unauthorized.writeTo(response, json);
        };
        AuthenticationFilter bearer = new AuthenticationFilter(token::authenticate, token::offered);
        bearer.setSuccessHandler((request, response, authentication) -> { });
        bearer.setFailureHandler(refuse::commence);
        return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                .addFilterAt(bearer, BasicAuthenticationFilter.class)
                .exceptionHandling(handling -> handling.authenticationEntryPoint(refuse))
                .build();
    }

    private static SecurityFilterChain closed(HttpSecurity http, ObjectMapper json) throws Exception {
        Problem closed = Problem.of(HttpStatus.FORBIDDEN, "OPERATOR_API_CLOSED", "The operator API is closed, because"
                + " there is no token for it. Set the environment variable OPERATOR_TOKEN and start the app again.");
        return http.authorizeHttpRequests(requests -> requests.anyRequest().denyAll())
                .exceptionHandling(handling -> handling
                        .accessDeniedHandler((request, response, failure) -> closed.writeTo(response, json)))
                .build();
    }
}
