package dev.orysalesforce.operator;

import org.apache.camel.CamelContext;
import org.apache.camel.spi.ManagementAgent;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.stereotype.Component;

/**
 * Over JMX, and so in Hawtio, the steps of a route that have an id can be watched. The others are plumbing, and an MBean
 * for each of them would take a tenth of the app's memory.
 */
@Component
class NamedSteps implements CamelContextConfiguration {

    @Override
    public void beforeApplicationStart(CamelContext camel) {
        ManagementAgent agent = camel.getManagementStrategy().getManagementAgent();
        if (agent != null) { // as there is none with camel.main.jmx-enabled=false
            agent.setOnlyRegisterProcessorWithCustomId(true);
        }
    }

    @Override
    public void afterApplicationStart(CamelContext camel) {
        // they are there
    }
}
