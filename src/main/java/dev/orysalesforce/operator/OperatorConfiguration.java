package dev.orysalesforce.operator;

import jakarta.jms.ConnectionFactory;
import org.apache.camel.http.base.HttpHeaderFilterStrategy;
import org.apache.camel.spi.CamelContextCustomizer;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.apache.camel.spring.spi.SpringTransactionPolicy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jms.connection.JmsTransactionManager;

/** The beans of JMX, and those that the routes of the operator API name by reference. */
@Configuration
class OperatorConfiguration {

    /**
     * The parameters of the operator API, and nothing else of a request: as for webhooks, any other header or query
     * parameter could redirect a Salesforce call (CVE-2026-49099) or would be echoed (CVE-2026-85254). Only the query string has
     * them: {@link OperatorParameters}.
     */
    @Bean
    HeaderFilterStrategy operatorHeaders() {
        HttpHeaderFilterStrategy strategy = new HttpHeaderFilterStrategy();
        strategy.setInFilterPattern("(?!((?i:content-type)|" + String.join("|", OperatorParameters.NAMES) + ")$).*");
        return strategy;
    }

    @Bean
    CamelContextCustomizer sharedMBeanInfo() {
        return camel -> camel.getCamelContextExtension().setManagementMBeanAssembler(new SharedMBeanInfo(camel));
    }
}
