package dev.orysalesforce.console;

import dev.orysalesforce.operator.OperatorToken;
import dev.orysalesforce.operator.Role;
import dev.orysalesforce.receive.Problems;
import dev.orysalesforce.receive.RefusedLogins;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.annotation.web.configurers.HeadersConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.header.writers.ReferrerPolicyHeaderWriter.ReferrerPolicy;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.util.unit.DataSize;
import org.springframework.web.context.support.WebApplicationContextUtils;

/**
 * Who may do what in the console. A person logs in with {@code OPERATOR_TOKEN}, which has all roles; without one, the console
 * does not exist. Pages and the search need the role viewer, forms that act need operator, and what shows or erases values needs privacy. A
 * further kind of login only has to give these roles.
 */
@Configuration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class ConsoleSecurity {

    static final String LOGIN = Section.HOME + "/login";
    private static final String TOKEN = "token";
    private static final String CONTENT = "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'";

    @Bean
    @Order(0)
    SecurityFilterChain console(HttpSecurity http, OperatorToken token, RefusedLogins refusedLogins, Problems problems,
            Clock monotonicClock, @Value("${server.tomcat.max-http-form-post-size}") DataSize formLimit) throws Exception {
        http.securityMatcher(ConsoleSecurity::isConsole).requestCache(AbstractHttpConfigurer::disable);
        return token.isSet() ? open(http, token, refusedLogins, problems, monotonicClock, formLimit) : closed(http, problems);
    }

    /** The chains of this port serve the management port, too. */
    private static boolean isConsole(HttpServletRequest request) {
        String path = request.getServletPath();
        return (path.equals(Section.HOME) || path.startsWith(Section.HOME + "/"))
                && !WebServerApplicationContext.hasServerNamespace(
                        WebApplicationContextUtils.getRequiredWebApplicationContext(request.getServletContext()), "management");
    }

    private static SecurityFilterChain open(HttpSecurity http, OperatorToken token, RefusedLogins refusedLogins, Problems problems,
            Clock monotonicClock, DataSize formLimit) throws Exception {
        LoginRequired loginRequired = new LoginRequired();
        RequestMatcher concernsValues = request -> request.getServletPath().matches(".*/(reveal|erase)");
        return http.authenticationManager(login -> token.logIn(String.valueOf(login.getCredentials())))
                .authorizeHttpRequests(requests -> requests
                        .requestMatchers(LOGIN, Assets.PATH + "/**").permitAll()
                        .requestMatchers(concernsValues).hasAuthority(Role.PRIVACY.authority())
                        .requestMatchers(HttpMethod.POST, IdentitiesController.PATH).hasAuthority(Role.VIEWER.authority()) // a search
                        .requestMatchers(HttpMethod.GET).hasAuthority(Role.VIEWER.authority())
                        .anyRequest().hasAuthority(Role.OPERATOR.authority()))
                .formLogin(form -> form.loginPage(LOGIN).passwordParameter(TOKEN)
                        .successHandler((request, response, login) -> response.sendRedirect(LoginRequired.wanted(request)))
                        .failureHandler((request, response, failure) -> {
                            refusedLogins.operator(request);
                            loginRequired.ask(request, response, "wrong");
                        }))
                .logout(logout -> logout.logoutUrl(Section.HOME + "/logout").logoutSuccessUrl(LOGIN + "?out"))
                .addFilterAfter(new FailedPage(problems), HeaderWriterFilter.class)
                .addFilterBefore(new IdleSession(monotonicClock), SecurityContextHolderFilter.class)
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
