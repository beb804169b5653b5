package dev.orysalesforce.operator;

import dev.orysalesforce.receive.Problems;
import dev.orysalesforce.receive.RefusedLogins;
import dev.orysalesforce.settings.SyncSettings;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.util.List;
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
import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.access.AccessDeniedHandlerImpl;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.csrf.CsrfException;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRequestAttributeHandler;
import org.springframework.security.web.csrf.HttpSessionCsrfTokenRepository;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.session.DisableEncodeUrlFilter;
import org.springframework.util.StringUtils;

/**
 * Hawtio and Jolokia: user {@code operator} with {@code OPERATOR_TOKEN} as the password, and people with all roles who have logged in
 * to the console; closed without both. A browser logs in by a form, a program by basic auth. {@code jolokia-access.xml} defines
 * the permissions.
 */
@Configuration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class HawtioSecurity {

    /** Hawtio shows waiting events and dead letters with their values, and moves them. */
    private static final List<String> ROLES = Stream.of(Role.values()).map(Role::authority).toList();

    private final Set<String> hosts;
    private final boolean hasProvider;
    private final String consoleUrl;

    HawtioSecurity(@Value("${management.server.address:localhost}") String address, SyncSettings settings,
            @Value("${console.oidc.issuer:}") String provider, @Value("${console.url:}") String consoleUrl) {
        this.hasProvider = StringUtils.hasText(provider);
        this.consoleUrl = consoleUrl;
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
            Problems problems, Clock monotonicClock) throws Exception {
        http.securityMatcher(EndpointRequest.to("hawtio", "jolokia"))
                .addFilterBefore(new SameOriginFilter(hosts, problems), DisableEncodeUrlFilter.class)
                .requestCache(AbstractHttpConfigurer::disable);
        if (!token.isSet() && !hasProvider) {
            return closed(http, problems);
        }
        String login = paths.getBasePath() + "/hawtio/login";
        http.addFilterBefore(new IdleSession(monotonicClock), SecurityContextHolderFilter.class)
                .addFilterAfter(new LoginPage(login, paths.getBasePath(), token.isSet(), hasProvider, consoleUrl), CsrfFilter.class);
        if (token.isSet()) {
            http.formLogin(form -> form.loginPage(login).permitAll()
                    .defaultSuccessUrl(paths.getBasePath() + "/hawtio/", true)
                    .failureHandler((request, response, failure) -> {
                        refusedLogins.operator(request);
                        response.sendRedirect(login + "?wrong");
                    }));
        }
        return open(http, token, refusedLogins, paths.getBasePath() + "/hawtio", login, problems);
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

    private static SecurityFilterChain open(HttpSecurity http, OperatorToken token, RefusedLogins refusedLogins, String hawtio,
            String login, Problems problems) throws Exception {
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
        // Scripts read this token from a cookie, so the forms of the console have another.
        csrfTokens.setSessionAttributeName(LoginPage.class.getName());
        return http.authenticationManager(token::authenticate)
                .authorizeHttpRequests(requests -> requests
                        .requestMatchers(hawtio + "/proxy/**").denyAll() // it would call other hosts from this app's network
                        .anyRequest().access((person, request) -> new AuthorizationDecision(hasAllRoles(person.get()))))
                .sessionManagement(session -> session.sessionFixation(fixation -> fixation.newSession())) // as at the console
                .httpBasic(basic -> basic.authenticationEntryPoint((request, response, failure) -> {
                    refusedLogins.operator(request);
                    problems.answer(request, response, "UNAUTHORIZED.hawtio");
                }))
                .exceptionHandling(handling -> handling.authenticationEntryPoint(ask).accessDeniedHandler(refusal(problems)))
                .logout(logout -> logout.logoutSuccessUrl(login)
                        .logoutRequestMatcher(PathPatternRequestMatcher.withDefaults().matcher(hawtio + "/auth/logout")))
                .csrf(csrf -> csrf.csrfTokenRepository(csrfTokens)
                        .csrfTokenRequestHandler(new FromTheHeaderOnly())
                        .requireCsrfProtectionMatcher(request -> canBeForged(request) && !request.getRequestURI().equals(login)))
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

    private static boolean hasAllRoles(Authentication person) {
        return person != null && AuthorityUtils.authorityListToSet(person.getAuthorities()).containsAll(ROLES);
    }

    /** Tells a person who has logged in to the console that roles are missing. */
    private static AccessDeniedHandler refusal(Problems problems) {
        AccessDeniedHandler forbidden = new AccessDeniedHandlerImpl();
        return (request, response, failure) -> {
            if (failure instanceof CsrfException || hasAllRoles(SecurityContextHolder.getContext().getAuthentication())) {
                forbidden.handle(request, response, failure);
            } else {
                problems.answer(request, response, "ROLE_MISSING.hawtio");
            }
        };
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
