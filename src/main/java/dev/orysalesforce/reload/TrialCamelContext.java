package dev.orysalesforce.reload;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Component;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.NoSuchEndpointException;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.spi.Registry;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;
import org.apache.camel.support.EndpointHelper;

/**
 * A context to build routes in that never starts. It has the beans and properties of the app, and a stand-in for each
 * endpoint: the app's own component has to accept the URI, and its endpoint is then discarded. Nothing is received, sent or
 * logged in to.
 */
class TrialCamelContext extends DefaultCamelContext {

    private final CamelContext app;
    private final Set<String> endpoints = new HashSet<>();

    TrialCamelContext(CamelContext app) {
        super(new Lent(app.getRegistry()));
        this.app = app;
        disableJMX();
        setStartupSummaryLevel(StartupSummaryLevel.Off);
        setApplicationContextClassLoader(app.getApplicationContextClassLoader());
        getPropertiesComponent().addPropertiesSource(new Properties(app));
    }

    /** Every direct endpoint that a route receives from or sends to. */
    Set<String> directEndpoints() {
        return endpoints.stream().filter(uri -> uri.startsWith("direct:")).collect(Collectors.toSet());
    }

    @Override
    protected Endpoint doGetEndpoint(String uri, Map<String, Object> parameters, boolean normalized, boolean prototype) {
        String resolved = normalized ? uri : EndpointHelper.resolveEndpointUriPropertyPlaceholders(this, uri);
        try {
            Component component = app.getComponent(resolved.split("[:?]", 2)[0]);
            if (component == null) {
                throw new NoSuchEndpointException(resolved);
            }
            component.createEndpoint(
                    component.useRawUri() ? resolved : EndpointHelper.normalizeEndpointUri(resolved), parameters);
        } catch (NoSuchEndpointException e) {
            throw e;
        } catch (Exception e) {
            throw new ResolveEndpointFailedException(resolved, e);
        }
        endpoints.add(resolved);
        return new StandIn(resolved, this);
    }

    /** Beans that belong to the app's own context would be rebound to this one. */
    private record Lent(Registry registry) implements BeanRepository {

        @Override
        public Object lookupByName(String name) {
            return unlessTied(registry.lookupByName(name));
        }

        @Override
        public <T> T lookupByNameAndType(String name, Class<T> type) {
            return unlessTied(registry.lookupByNameAndType(name, type));
        }

        @Override
        public <T> Map<String, T> findByTypeWithName(Class<T> type) {
            return CamelContextAware.class.isAssignableFrom(type) ? Map.of() : registry.findByTypeWithName(type);
        }

        @Override
        public <T> Set<T> findByType(Class<T> type) {
            return CamelContextAware.class.isAssignableFrom(type) ? Set.of()
                    : registry.findByType(type).stream().filter(bean -> unlessTied(bean) != null).collect(Collectors.toSet());
        }

        private static <T> T unlessTied(T bean) {
            return bean instanceof CamelContextAware ? null : bean;
        }
    }

    private record Properties(CamelContext app) implements PropertiesSource {

        @Override
        public String getName() {
            return "app";
        }

        @Override
        public String getProperty(String name) {
            return app.getPropertiesComponent().resolveProperty(name).orElse(null);
        }
    }

    private static final class StandIn extends DefaultEndpoint {

        private final String uri;

        StandIn(String uri, CamelContext aside) {
            this.uri = uri;
            setCamelContext(aside);
        }

        @Override
        protected String createEndpointUri() {
            return uri;
        }

        @Override
        public boolean isSingleton() {
            return true;
        }

        @Override
        public Producer createProducer() {
            return new DefaultProducer(this) {
                @Override
                public void process(Exchange exchange) {
                    throw new IllegalStateException("never started");
                }
            };
        }

        @Override
        public Consumer createConsumer(Processor processor) {
            return new DefaultConsumer(this, processor);
        }
    }
}
