package dev.orysalesforce.reload;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Producer;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.component.direct.DirectConsumer;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.support.DefaultAsyncProducer;
import org.springframework.stereotype.Component;

/**
 * A {@code direct:} that leads to the current route. Camel's own producer caches the route it found. Once routes have
 * changed, it records that before it looks again: concurrent exchanges are then sent to the previous route, which has
 * stopped, and fail. This component gets a new producer once routes have changed.
 */
@Component("direct-component")
class ReloadableDirectComponent extends DirectComponent {

    private final AtomicInteger changes = new AtomicInteger();

    @Override
    public void addConsumer(String key, DirectConsumer consumer) {
        super.addConsumer(key, consumer);
        changes.incrementAndGet();
    }

    @Override
    public void removeConsumer(String key, DirectConsumer consumer) {
        super.removeConsumer(key, consumer);
        changes.incrementAndGet();
    }

    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters) throws Exception {
        DirectEndpoint endpoint = new CurrentRoute(uri);
        endpoint.setBlock(isBlock());
        endpoint.setTimeout(getTimeout());
        setProperties(endpoint, parameters);
        return endpoint;
    }

    private final class CurrentRoute extends DirectEndpoint {

        private CurrentRoute(String uri) {
            super(uri, ReloadableDirectComponent.this);
        }

        @Override
        public Producer createProducer() throws Exception {
            return new Caller();
        }

        /** Reads the counter first: a change in between makes the result out of date. */
        private Found find() throws Exception {
            return new Found(changes.get(), (AsyncProducer) super.createProducer());
        }

        private final class Caller extends DefaultAsyncProducer {

            private volatile Found found;

            private Caller() throws Exception {
                super(CurrentRoute.this);
                found = find();
            }

            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
                try {
                    Found current = found;
                    if (current.after() != changes.get()) {
                        current = find();
                        found = current;
                    }
                    return current.producer().process(exchange, callback);
                } catch (Exception e) {
                    exchange.setException(e);
                    callback.done(true);
                    return true;
                }
            }
        }
    }

    /** @param after the number of changes before it was found */
    private record Found(int after, AsyncProducer producer) {
    }
}
