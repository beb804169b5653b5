package dev.orysalesforce.console;

import dev.orysalesforce.operator.Role;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.catalina.Container;
import org.apache.catalina.Context;
import org.apache.catalina.session.StandardSession;
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
        String id = browser.cookies().stream().filter(cookie -> cookie.getName().equals("ory-salesforce-console")).findFirst()
                .orElseThrow().getValue();
        SecurityContextImpl login = new SecurityContextImpl(new UsernamePasswordAuthenticationToken("reader", null,
                Stream.of(roles).map(role -> new SimpleGrantedAuthority(role.authority())).toList()));
        TomcatWebServer server = (TomcatWebServer) ((WebServerApplicationContext) app).getWebServer();
        try {
            for (Container part : List.of(server.getTomcat().getHost().findChildren())) {
                ((StandardSession) ((Context) part).getManager().findSession(id)).getSession()
                        .setAttribute(HttpSessionSecurityContextRepository.SPRING_SECURITY_CONTEXT_KEY, login);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return browser;
    }
}
