package dev.orysalesforce.salesforce;

import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.eclipse.jetty.client.Request;
import org.springframework.stereotype.Component;

/** Lets the beans that look at each request to Salesforce, or at its answer, do so once camel-salesforce has made its client. */
@Component
class RequestListeners implements CamelContextConfiguration {

    private final CamelSalesforce salesforce;
    private final List<Request.QueuedListener> listeners;

    RequestListeners(CamelSalesforce salesforce, List<Request.QueuedListener> listeners) {
        this.salesforce = salesforce;
        this.listeners = listeners;
    }

    @Override
    public void beforeApplicationStart(CamelContext camel) {
        // the client exists once the component has started
    }

    @Override
    public void afterApplicationStart(CamelContext camel) {
        listeners.forEach(salesforce::onRequest);
    }
}
