package dev.orysalesforce.receive;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/**
 * What the web server of the management port has of its own. Not a {@code @Configuration}, for it must not be found by a scan:
 * META-INF/spring names it.
 */
class ManagementPort {

    /**
     * Hawtio and Jolokia are servlets below a path. Spring fails with an error 500 and a stack trace, before it looks at the
     * login, if that path is spelled otherwise ({@code %6aolokia}, {@code hawtio//proxy}).
     */
    @Bean
    FilterRegistrationBean<Filter> plainPaths() {
        FilterRegistrationBean<Filter> filter = new FilterRegistrationBean<>((request, response, chain) -> {
            HttpServletRequest http = (HttpServletRequest) request;
            if (http.getRequestURI().startsWith(http.getContextPath() + http.getServletPath())) {
                chain.doFilter(request, response);
            } else {
                ((HttpServletResponse) response).setStatus(HttpServletResponse.SC_NOT_FOUND);
            }
        });
        filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return filter;
    }

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> sharedSessions(LoginSessions sessions) {
        return sessions::share;
    }

    @Bean
    UnreadBodyValve unreadBodyValve(ServerProperties server) {
        return new UnreadBodyValve(server);
    }
}
