package dev.orysalesforce.receive;

import java.io.IOException;
import java.util.Comparator;
import java.util.stream.Stream;
import org.apache.catalina.Manager;
import org.apache.catalina.Session;
import org.apache.catalina.session.StandardManager;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/** The sessions of people who have logged in. Both ports have the same, so that a login to the console is one to Hawtio. */
@Component
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
class LoginSessions implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    private static final int LIMIT = 1000;

    private final Manager sessions = new Bounded();

    @Override
    public void customize(TomcatServletWebServerFactory tomcat) {
        use(sessions, tomcat);
    }

    /** For the web server of the management port, which starts later and ends earlier. */
    void share(TomcatServletWebServerFactory tomcat) {
        use(new Shared(sessions), tomcat);
    }

    private static void use(Manager sessions, TomcatServletWebServerFactory tomcat) {
        tomcat.addContextCustomizers(context -> {
            context.setManager(sessions);
            context.setCookieProcessor(new SessionCookies(context, context.getCookieProcessor()));
            context.setUseRelativeRedirects(true); // the app does not know the address of a proxy
        });
    }

    /** A script that logs in again and again ends the sessions that were not used for the longest time. */
    private static final class Bounded extends StandardManager {

        @Override
        public Session createSession(String id) {
            if (getActiveSessions() >= LIMIT) {
                Stream.of(findSessions()).min(Comparator.comparingLong(Session::getThisAccessedTimeInternal)).ifPresent(Session::expire);
            }
            return super.createSession(id);
        }
    }

    /** Sessions that belong to another web server, which ends them. */
    private static final class Shared extends StandardManager {

        private final Manager others;

        private Shared(Manager others) {
            this.others = others;
        }

        @Override
        public Session createSession(String id) {
            return others.createSession(id);
        }

        @Override
        public Session findSession(String id) throws IOException {
            return others.findSession(id);
        }
    }
}
