package dev.orysalesforce.receive;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;

/**
 * Closes the connection after a request was refused before its body was read. Tomcat would first wait for the body, up to
 * {@code server.tomcat.max-swallow-size}, and keep a thread for a sender that never sends it. It still does so for a body
 * that is announced as smaller than that, because some clients do not see an answer that comes before they have sent all.
 */
@Component
@ConditionalOnWebApplication
class UnreadBodyValve extends ValveBase implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {

    private final long swallowed;

    UnreadBodyValve(ServerProperties server) {
        super(true);
        this.swallowed = server.getTomcat().getMaxSwallowSize().toBytes();
    }

    @Override
    public void customize(TomcatServletWebServerFactory tomcat) {
        tomcat.addEngineValves(this);
    }

    @Override
    public void invoke(Request request, Response response) throws IOException, ServletException {
        getNext().invoke(request, response);
        if (!request.isAsync() && response.getStatus() >= 400 && !isBodyRead(request)) {
            response.setHeader(HttpHeaders.CONNECTION, "close");
            if (request.getContentLengthLong() < 0 || request.getContentLengthLong() > swallowed) {
                request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
            }
        }
    }

    private static boolean isBodyRead(Request request) {
        AtomicBoolean isRead = new AtomicBoolean();
        request.getCoyoteRequest().action(ActionCode.REQUEST_BODY_FULLY_READ, isRead);
        return isRead.get();
    }
}
