package dev.orysalesforce.receive;

import org.apache.camel.component.jms.JmsHeaderFilterStrategy;
import org.apache.camel.http.base.HttpHeaderFilterStrategy;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The allow-lists at the app's two borders: the headers that a caller may send, and those that the journal may hold. */
@Configuration
class HeaderFilters {

    /**
     * For every HTTP consumer without a filter of its own (application.yaml sets it for the component). A header or query
     * parameter that is not named here reaches neither the exchange nor the response. On Camel 4.17 it could otherwise
     * redirect a Salesforce call (<a href="https://camel.apache.org/security/CVE-2026-49099.html">CVE-2026-49099</a>) and is
     * echoed to the caller (CVE-2026-85254).
     */
    @Bean
    HeaderFilterStrategy callerHeaders() {
        HttpHeaderFilterStrategy strategy = new HttpHeaderFilterStrategy();
        strategy.setInFilterPattern("(?i)(?!(content-type|ory-webhook-trigger-id|traceparent)$).*");
        return strategy;
    }

    /** For the journal: keeps Camel's own headers out in any spelling (CVE-2026-40453). */
    @Bean
    HeaderFilterStrategy journalHeaders() {
        JmsHeaderFilterStrategy strategy = new JmsHeaderFilterStrategy();
        strategy.setLowerCase(true);
        return strategy;
    }
}
