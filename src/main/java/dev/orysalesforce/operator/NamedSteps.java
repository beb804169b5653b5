package dev.orysalesforce.operator;

import org.apache.camel.CamelContext;
import org.apache.camel.spi.ManagementAgent;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.stereotype.Component;

/**
 * Exposes only the steps that have an ID over JMX, and so in Hawtio. An MBean for each of the others would take a tenth of
 * the app's memory.
 */
@Component
class NamedSteps implements CamelContextConfiguration {

    @Override
    public void beforeApplicationStart(CamelContext camel) {
        ManagementAgent agent = camel.getManagementStrategy().getManagementAgent();
        if (agent != null) { // null with camel.main.jmx-enabled=false
            agent.setOnlyRegisterProcessorWithCustomId(true);
        }
    }

    @Override
    public void afterApplicationStart(CamelContext camel) {
        // they exist already
    }
}
