package dev.orysalesforce.console;

import dev.orysalesforce.operator.IdleSession;
import dev.orysalesforce.operator.OperatorToken;
import dev.orysalesforce.operator.Role;
import dev.orysalesforce.receive.Problems;
import dev.orysalesforce.receive.RefusedLogins;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.authorization.AuthorityAuthorizationManager;
import org.springframework.security.authorization.AuthorizationManagers;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.util.unit.DataSize;
import org.springframework.web.context.support.WebApplicationContextUtils;

/**
 * Who may do what in the console. A person logs in with {@code OPERATOR_TOKEN}, which has all roles, or by OpenID Connect; without
 * both, the console does not exist. Pages and the search need the role viewer, forms that act need operator, and what
 * shows or erases values needs privacy.
 */
@Configuration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class ConsoleSecurity {

    static final String LOGIN = Section.HOME + "/login";
    private static final String TOKEN = "token";
    private static final String CONTENT = "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'";

    @Bean
    @Order(0)
    SecurityFilterChain console(HttpSecurity http, OperatorToken token, ConsoleSettings settings, ObjectProvider<OidcLogin> oidc,
            RefusedLogins refusedLogins, Problems problems, Clock monotonicClock,
            @Value("${server.tomcat.max-http-form-post-size}") DataSize formLimit) throws Exception {
        settings.check();
        http.securityMatcher(ConsoleSecurity::isConsole).requestCache(AbstractHttpConfigurer::disable);
        if (!token.isSet() && !settings.oidc().isSet()) {
            return closed(http, problems);
        }
        LoginRequired loginRequired = new LoginRequired();
        List<AuthenticationProvider> logins = new ArrayList<>();
        if (token.isSet()) {
            logins.add(new TokenLogin(token));
            http.formLogin(form -> form.loginPage(LOGIN).passwordParameter(TOKEN)
                    .successHandler((request, response, login) -> response.sendRedirect(LoginRequired.wanted(request)))
                    .failureHandler((request, response, failure) -> {
                        refusedLogins.operator(request);
                        loginRequired.ask(request, response, "wrong");
                    }));
        }
        if (settings.oidc().isSet()) {
            logins.add(oidc.getObject().exchange());
            http.oauth2Login(oidc.getObject().filters());
        }
        return open(http.authenticationManager(new ProviderManager(logins)), loginRequired, problems, monotonicClock, formLimit);
    }

    /** The chains of this port serve the management port, too. */
    private static boolean isConsole(HttpServletRequest request) {
        String path = request.getServletPath();
        return (path.equals(Section.HOME) || path.startsWith(Section.HOME + "/"))
                && !WebServerApplicationContext.hasServerNamespace(
                        WebApplicationContextUtils.getRequiredWebApplicationContext(request.getServletContext()), "management");
    }

    private static SecurityFilterChain open(HttpSecurity http, LoginRequired loginRequired, Problems problems, Clock monotonicClock,
            DataSize formLimit) throws Exception {
        RequestMatcher concernsValues = request -> request.getServletPath().matches(".*/(reveal|erase)");
        return http.authorizeHttpRequests(requests -> requests
                .requestMatchers(LOGIN, OidcLogin.START, OidcLogin.CALLBACK, OidcLogin.DONE, Assets.PATH + "/**").permitAll()
                .requestMatchers(MappingsController.REVEAL).access(AuthorizationManagers.allOf(
                        AuthorityAuthorizationManager.hasAuthority(Role.OPERATOR.authority()),
                        AuthorityAuthorizationManager.hasAuthority(Role.PRIVACY.authority()))) // tries a mapping, on values
                .requestMatchers(concernsValues).hasAuthority(Role.PRIVACY.authority())
                .requestMatchers(HttpMethod.POST, IdentitiesController.PATH, IdentitiesController.SEARCH_FILE)
                .hasAuthority(Role.VIEWER.authority()) // a search
                .requestMatchers(HttpMethod.GET).hasAuthority(Role.VIEWER.authority())
                .requestMatchers(HttpMethod.HEAD).hasAuthority(Role.VIEWER.authority())
                .anyRequest().hasAuthority(Role.OPERATOR.authority()))
                .logout(logout -> logout.logoutUrl(Section.HOME + "/logout")
                        .logoutSuccessHandler((request, response, login) -> response.sendRedirect(LOGIN + "?out"
                                + (login != null && login.getPrincipal() instanceof Person ? "&provider" : ""))))
                .addFilterAfter(new FailedPage(problems), HeaderWriterFilter.class)
                .addFilterBefore(new IdleSession(monotonicClock), SecurityContextHolderFilter.class)
                // another person may know the session before the login, and so the tokens of its forms
                .sessionManagement(session -> session.sessionFixation(fixation -> fixation.newSession()))
                .addFilterBefore(new FormLimit(formLimit, loginRequired, problems), CsrfFilter.class)
                .csrf(csrf -> csrf.csrfTokenRepository(new FormTokens()))
                .exceptionHandling(handling -> handling.authenticationEntryPoint(loginRequired)
                        .accessDeniedHandler(new Refusal(loginRequired, problems)))
                .headers(headers -> headers
                        .contentSecurityPolicy(policy -> policy.policyDirectives(CONTENT))
                        .referrerPolicy(referrer -> referrer.policy(ReferrerPolicy.SAME_ORIGIN))
                        // of all ports of this name, and Hawtio's has no TLS
                        .httpStrictTransportSecurity(HeadersConfigurer.HstsConfig::disable))
                .build();
    }

    /** The form with the token. */
    private record TokenLogin(OperatorToken token) implements AuthenticationProvider {

        @Override
        public Authentication authenticate(Authentication login) {
            return token.logIn(String.valueOf(login.getCredentials()));
        }

        @Override
        public boolean supports(Class<?> login) {
            return UsernamePasswordAuthenticationToken.class.isAssignableFrom(login);
        }
    }

    private static SecurityFilterChain closed(HttpSecurity http, Problems problems) throws Exception {
        return http.authorizeHttpRequests(requests -> requests.anyRequest().denyAll())
                .sessionManagement(session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(AbstractHttpConfigurer::disable) // every request is denied
                .logout(AbstractHttpConfigurer::disable)
                .anonymous(AbstractHttpConfigurer::disable)
                .exceptionHandling(handling -> handling
                        .authenticationEntryPoint((request, response, failure) -> problems.answer(request, response, "CONSOLE_CLOSED"))
                        .accessDeniedHandler((request, response, failure) -> problems.answer(request, response, "CONSOLE_CLOSED")))
                .build();
    }
}
