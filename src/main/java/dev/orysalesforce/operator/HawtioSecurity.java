package dev.orysalesforce.operator;

import dev.orysalesforce.receive.Problems;
import dev.orysalesforce.receive.RefusedLogins;
import dev.orysalesforce.settings.SyncSettings;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointProperties;
import org.springframework.boot.actuate.autoconfigure.security.servlet.EndpointRequest;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRequestAttributeHandler;
import org.springframework.security.web.csrf.HttpSessionCsrfTokenRepository;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.session.DisableEncodeUrlFilter;

/**
 * Hawtio and Jolokia: user {@code operator} with {@code OPERATOR_TOKEN} as the password; closed while there is none. A
 * browser logs in by a form, a program by basic auth. {@code jolokia-access.xml} defines the permissions.
 */
@Configuration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class HawtioSecurity {

    private final Set<String> hosts;

    HawtioSecurity(@Value("${management.server.address:localhost}") String address, SyncSettings settings) {
        hosts = Stream.concat(Stream.of(address), settings.managementHosts().stream()).map(host -> host.strip().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    /** A form of another page can send a parameter, but no header. */
    private static final class FromTheHeaderOnly extends CsrfTokenRequestAttributeHandler {

        @Override
        public String resolveCsrfTokenValue(HttpServletRequest request, CsrfToken token) {
            return request.getHeader(token.getHeaderName());
        }
    }

    @Bean
    @Order(0)
    SecurityFilterChain hawtio(HttpSecurity http, OperatorToken token, RefusedLogins refusedLogins, WebEndpointProperties paths,
            Problems problems) throws Exception {
        http.securityMatcher(EndpointRequest.to("hawtio", "jolokia"))
                .addFilterBefore(new SameOriginFilter(hosts, problems), DisableEncodeUrlFilter.class)
                .requestCache(AbstractHttpConfigurer::disable);
        return token.isSet() ? open(http, token, refusedLogins, paths.getBasePath(), problems) : closed(http, problems);
    }

    /** Health and metrics need no login. */
    @Bean
    @Order(1) // hawtio is an endpoint, too
    SecurityFilterChain endpoints(HttpSecurity http, Problems problems) throws Exception {
        return http.securityMatcher(EndpointRequest.toAnyEndpoint())
                .addFilterBefore(new SameOriginFilter(hosts, problems), DisableEncodeUrlFilter.class)
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable) // nothing is changed
                .requestCache(AbstractHttpConfigurer::disable)
                .logout(AbstractHttpConfigurer::disable)
                .build();
    }

    private static SecurityFilterChain open(HttpSecurity http, OperatorToken token, RefusedLogins refusedLogins, String base,
            Problems problems) throws Exception {
        String hawtio = base + "/hawtio";
        String login = hawtio + "/login";
        // No answer asks for basic auth: the browser would keep the password and send it for any other page, too.
        AuthenticationEntryPoint ask = (request, response, failure) -> {
            if (isPage(request)) {
                response.sendRedirect(login);
            } else {
                problems.answer(request, response, "UNAUTHORIZED.hawtio");
            }
        };
        // In the session, because a page of another port of this host can choose cookies.
        HttpSessionCsrfTokenRepository csrfTokens = new HttpSessionCsrfTokenRepository();
        csrfTokens.setHeaderName(LoginPage.CSRF_HEADER);
        return http.authenticationManager(token::authenticate)
                .authorizeHttpRequests(requests -> requests
                        .requestMatchers(hawtio + "/proxy/**").denyAll() // it would call other hosts from this app's network
                        .anyRequest().authenticated())
                .formLogin(form -> form.loginPage(login).permitAll()
                        .defaultSuccessUrl(hawtio + "/", true)
                        .failureHandler((request, response, failure) -> {
                            refusedLogins.operator(request);
                            response.sendRedirect(login + "?wrong");
                        }))
                .httpBasic(basic -> basic.authenticationEntryPoint((request, response, failure) -> {
                    refusedLogins.operator(request);
                    problems.answer(request, response, "UNAUTHORIZED.hawtio");
                }))
                .exceptionHandling(handling -> handling.authenticationEntryPoint(ask))
                .logout(logout -> logout.logoutSuccessUrl(login)
                        .logoutRequestMatcher(PathPatternRequestMatcher.withDefaults().matcher(hawtio + "/auth/logout")))
                .csrf(csrf -> csrf.csrfTokenRepository(csrfTokens)
                        .csrfTokenRequestHandler(new FromTheHeaderOnly())
                        .requireCsrfProtectionMatcher(request -> canBeForged(request) && !request.getRequestURI().equals(login)))
                .addFilterAfter(new LoginPage(login, base), CsrfFilter.class)
                .build();
    }

    private static SecurityFilterChain closed(HttpSecurity http, Problems problems) throws Exception {
        return http.authorizeHttpRequests(requests -> requests.anyRequest().denyAll())
                .csrf(AbstractHttpConfigurer::disable)
                .anonymous(AbstractHttpConfigurer::disable)
                .exceptionHandling(handling -> handling
                        .authenticationEntryPoint((request, response, failure) -> problems.answer(request, response, "HAWTIO_CLOSED"))
                        .accessDeniedHandler((request, response, failure) -> problems.answer(request, response, "HAWTIO_CLOSED")))
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
