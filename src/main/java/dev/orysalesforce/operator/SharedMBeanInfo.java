package dev.orysalesforce.operator;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.modelmbean.ModelMBean;
import javax.management.modelmbean.ModelMBeanInfo;
import org.apache.camel.CamelContext;
import org.apache.camel.api.management.ManagedInstance;
import org.apache.camel.support.management.DefaultManagementMBeanAssembler;

/**
 * MBeans of the same kind share the description of their attributes and operations. Camel makes it anew for each of a
 * thousand: 95 MB of live objects after a start were 77 MB without that.
 */
class SharedMBeanInfo extends DefaultManagementMBeanAssembler {

    private final Map<Kind, ModelMBeanInfo> byKind = new ConcurrentHashMap<>();

    /** @param instance what it manages, which may have attributes of its own; null if it does not tell */
    private record Kind(Class<?> managed, Class<?> instance) {

        static Kind of(Object managed) {
            Object instance = managed instanceof ManagedInstance telling ? telling.getInstance() : null;
            return new Kind(managed.getClass(), instance == null ? null : instance.getClass());
        }
    }

    SharedMBeanInfo(CamelContext camel) {
        super(camel);
    }

    @Override
    public ModelMBean assemble(MBeanServer server, Object managed, ObjectName name) throws JMException {
        ModelMBean bean = super.assemble(server, managed, name);
        if (bean != null && bean.getMBeanInfo() instanceof ModelMBeanInfo own) {
            ModelMBeanInfo first = byKind.putIfAbsent(Kind.of(managed), own);
            bean.setModelMBeanInfo(first == null ? own : first);
        }
        return bean;
    }
}
