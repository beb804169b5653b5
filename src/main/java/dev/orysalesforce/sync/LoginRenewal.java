package dev.orysalesforce.sync;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.salesforce.SalesforceComponent;
import org.apache.camel.component.salesforce.internal.SalesforceSession;
import org.springframework.stereotype.Component;

/**
 * Logs in again after a 401. However many calls in flight were refused, one of them does it: the others began before
 * that login and only send again.
 */
@Component("loginRenewal")
class LoginRenewal implements Processor {

    private long renewedAt;

    @Override
    public synchronized void process(Exchange exchange) throws Exception {
        if (renewedAt < exchange.getClock().getCreated()) {
            SalesforceSession session = exchange.getContext()
                    .getComponent("salesforce", SalesforceComponent.class).getSession();
            session.login(session.getAccessToken());
            renewedAt = System.currentTimeMillis();
        }
    }
}
