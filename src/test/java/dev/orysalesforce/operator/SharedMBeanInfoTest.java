package dev.orysalesforce.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.AppTest;
import java.lang.management.ManagementFactory;
import java.util.List;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.camel.CamelContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What an MBean can do is described once for all of its kind ({@code DoctorIT} counts it); what it tells is its own. */
@Tag("any-ledger")
class SharedMBeanInfoTest extends AppTest {

    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

    @Autowired
    private CamelContext camel;

    @Test
    void theValuesAreItsOwn() throws Exception {
        for (ObjectName route : beans("routes")) {
            assertThat(server.getAttribute(route, "RouteId")).isEqualTo(ObjectName.unquote(route.getKeyProperty("name")));
            assertThat(server.invoke(route, "dumpRouteStatsAsXml", new Object[] {false, true}, new String[] {"boolean", "boolean"}))
                    .asString().contains("id=\"" + ObjectName.unquote(route.getKeyProperty("name")) + "\"");
        }
    }

    private List<ObjectName> beans(String type) throws Exception {
        return server.queryNames(new ObjectName("org.apache.camel:context=" + camel.getManagementName() + ",type=" + type + ",*"), null)
                .stream().sorted().toList();
    }
}
