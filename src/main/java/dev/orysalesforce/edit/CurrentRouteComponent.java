package dev.orysalesforce.edit;

import java.util.Map;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Producer;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.support.DefaultAsyncProducer;
import org.springframework.stereotype.Component;

/**
 * {@code direct:} that always leads to the route that is there now. Camel's own producer remembers the route it found and,
 * once routes have changed, notes so before it looks again: others that come in meanwhile are sent to the route before,
 * which has stopped and fails. Looking each time costs a fifth of a microsecond.
 */
@Component("direct-component")
class CurrentRouteComponent extends DirectComponent {

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        DirectEndpoint endpoint = new CurrentRoute(uri, this);
        endpoint.setBlock(isBlock());
        endpoint.setTimeout(getTimeout());
        setProperties(endpoint, parameters);
        return endpoint;
    }

    private static final class CurrentRoute extends DirectEndpoint {

        private CurrentRoute(String uri, DirectComponent component) {
            super(uri, component);
        }

        @Override
        public Producer createProducer() {
            return new Caller();
        }

        private final class Caller extends DefaultAsyncProducer {

            private Caller() {
                super(CurrentRoute.this);
            }

            /** A new one of Camel's remembers nothing. */
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                try {
                    return ((AsyncProducer) CurrentRoute.super.createProducer()).process(exchange, callback);
                } catch (Exception e) {
                    exchange.setException(e);
                    callback.done(true);
                    return true;
                }
            }
        }
    }
}
