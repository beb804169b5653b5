package dev.orysalesforce.operator;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.receive.Problem;
import jakarta.servlet.http.HttpServletRequest;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.autoconfigure.security.servlet.EndpointRequest;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.CsrfTokenRequestAttributeHandler;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;

/**
 * Hawtio and Jolokia: user {@code operator} with {@code OPERATOR_TOKEN} as the password; closed while there is none. A
 * browser logs in by a form, a program by basic auth. {@code jolokia-access.xml} defines the permissions.
 */
@Configuration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class HawtioSecurity {

    @Bean
    SecurityFilterChain hawtio(HttpSecurity http, OperatorToken token, FailedLoginDelay refusal, WebEndpointProperties paths,
            ObjectMapper json) throws Exception {
        http.securityMatcher(EndpointRequest.to("hawtio", "jolokia"))
                .requestCache(AbstractHttpConfigurer::disable);
        return token.isSet() ? open(http, token, refusal, paths.getBasePath() + "/hawtio", json) : closed(http, json);
    }

    private static SecurityFilterChain open(HttpSecurity http, OperatorToken token, FailedLoginDelay refusal, String hawtio,
            ObjectMapper json) throws Exception {
        Problem unauthorized = Problem.of(HttpStatus.UNAUTHORIZED, "UNAUTHORIZED",
                "Log in as user operator with the value of OPERATOR_TOKEN as the password.");
        String login = hawtio + "/login";
        // No answer asks for basic auth: the browser would keep the password and send it for any other page, too.
        AuthenticationEntryPoint ask = (request, response, failure) -> {
            if (isPage(request)) {
                response.sendRedirect(login);
            } else {
                unauthorized.writeTo(response, json);
            }
        };
        CookieCsrfTokenRepository cookie = CookieCsrfTokenRepository.withHttpOnlyFalse();
        cookie.setCookieCustomizer(attributes -> attributes.sameSite("Strict"));
        return http.authenticationManager(token::authenticate)
                .authorizeHttpRequests(requests -> requests
                        .requestMatchers(hawtio + "/proxy/**").denyAll() // it would call other hosts from this app's network
                        .anyRequest().authenticated())
                .formLogin(form -> form.loginPage(login).permitAll()
                        .defaultSuccessUrl(hawtio + "/", true)
                        .failureHandler((request, response, failure) ->
                                refusal.refuse(request, response, answer -> answer.sendRedirect(login + "?wrong"))))
                .httpBasic(basic -> basic.authenticationEntryPoint((request, response, failure) ->
                        refusal.refuse(request, response, answer -> unauthorized.writeTo(answer, json))))
                .exceptionHandling(handling -> handling.authenticationEntryPoint(ask))
                .logout(logout -> logout.logoutSuccessUrl(login)
                        .logoutRequestMatcher(PathPatternRequestMatcher.withDefaults().matcher(hawtio + "/auth/logout")))
                // Hawtio's script expects it this way: it sends back the value of the cookie.
                .csrf(csrf -> csrf.csrfTokenRepository(cookie)
                        .csrfTokenRequestHandler(new CsrfTokenRequestAttributeHandler())
                        .requireCsrfProtectionMatcher(HawtioSecurity::canBeForged))
                .addFilterAfter(new LoginPage(login), CsrfFilter.class)
                .build();
    }

    private static SecurityFilterChain closed(HttpSecurity http, ObjectMapper json) throws Exception {
        Problem closed = Problem.of(HttpStatus.FORBIDDEN, "HAWTIO_CLOSED", "Hawtio and Jolokia are closed, because there"
                + " is no password for them. Set the environment variable OPERATOR_TOKEN and start the app again.");
        return http.authorizeHttpRequests(requests -> requests.anyRequest().denyAll())
                .csrf(AbstractHttpConfigurer::disable)
                .anonymous(AbstractHttpConfigurer::disable)
                .exceptionHandling(handling -> handling
                        .authenticationEntryPoint((request, response, failure) -> closed.writeTo(response, json))
                        .accessDeniedHandler((request, response, failure) -> closed.writeTo(response, json)))
                .build();
    }

    private static boolean isPage(HttpServletRequest request) {
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        return request.getMethod().equals("GET") && accept != null && accept.contains(MediaType.TEXT_HTML_VALUE);
    }

    /** Another page can make a browser send its cookie, but not a header. Jolokia has side effects on a GET, too. */
    private static boolean canBeForged(HttpServletRequest request) {
        String path = request.getRequestURI();
        return request.getHeader(HttpHeaders.AUTHORIZATION) == null && request.getRequestedSessionId() != null
                && (CsrfFilter.DEFAULT_CSRF_MATCHER.matches(request) || path.contains("/jolokia/")
                        || (path.endsWith("/jolokia") && request.getQueryString() != null));
    }
}
