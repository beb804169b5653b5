package dev.orysalesforce.console;

import dev.orysalesforce.operator.Role;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.stream.Stream;
import org.apache.catalina.Context;
import org.apache.catalina.Manager;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.boot.web.embedded.tomcat.TomcatWebServer;
import org.springframework.context.ApplicationContext;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.authority.SimpleGrantedAuthority;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;

/** Logins with fewer roles than the operator token has. */
final class Logins {

    private Logins() {}

    /** A browser whose login has these roles, and no others. */
    static Browser with(ApplicationContext app, int port, String token, Role... roles) {
        Browser browser = new Browser(port);
        browser.logIn(token);
        SecurityContextImpl login = new SecurityContextImpl(new UsernamePasswordAuthenticationToken("reader", null,
                Stream.of(roles).map(role -> new SimpleGrantedAuthority(role.authority())).toList()));
        session(app, browser).setAttribute(HttpSessionSecurityContextRepository.SPRING_SECURITY_CONTEXT_KEY, login);
        return browser;
    }

    /** What the app keeps for a browser that has logged in. */
    static HttpSession session(ApplicationContext app, Browser browser) {
        try {
            return sessions(app).findSession(browser.session()).getSession();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Manager sessions(ApplicationContext app) {
        TomcatWebServer server = (TomcatWebServer) ((WebServerApplicationContext) app).getWebServer();
        return ((Context) server.getTomcat().getHost().findChildren()[0]).getManager();
    }
}
