package dev.orysalesforce.journal;

import org.apache.activemq.artemis.api.core.management.ResourceNames;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.server.management.ManagementService;

/** The broker is in this process, so that no message is sent and no call blocks. */
class EmbeddedManagement implements BrokerManagement {

    private final EmbeddedActiveMQ broker;

    EmbeddedManagement(EmbeddedActiveMQ broker) {
        this.broker = broker;
    }

    @Override
    public Object attribute(String queue, String name) {
        return management().getAttribute(ResourceNames.QUEUE + queue, name, null);
    }

    @Override
    public Object invoke(String queue, String operation, Object... parameters) throws Exception {
        return management().invokeOperation(ResourceNames.QUEUE + queue, operation, parameters, null);
    }

    private ManagementService management() {
        return broker.getActiveMQServer().getManagementService();
    }
}
