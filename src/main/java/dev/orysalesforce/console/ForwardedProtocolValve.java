package dev.orysalesforce.console;

import dev.orysalesforce.receive.SessionCookies;
import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/** Lets the cookies of the console be secure behind a proxy that ends TLS. */
@Component
@ConditionalOnWebApplication
class ForwardedProtocolValve extends ValveBase implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    ForwardedProtocolValve() {
        super(true);
    }

    @Override
    public void customize(TomcatServletWebServerFactory tomcat) {
        tomcat.addEngineValves(this);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        String path = request.getDecodedRequestURI(); // null if it can't be decoded
        if (path != null && path.startsWith(Section.HOME)) {
            request.setSecure(SessionCookies.isOverTls(request));
        }
        getNext().invoke(request, response);
    }
}
