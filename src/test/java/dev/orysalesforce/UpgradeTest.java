package dev.orysalesforce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.dashjoin.jsonata.JException;
import com.dashjoin.jsonata.Jsonata;
import com.datasonnet.Mapper;
import com.datasonnet.document.DefaultDocument;
import com.datasonnet.document.MediaTypes;
import com.schibsted.spt.data.jslt.JsltException;
import com.schibsted.spt.data.jslt.Parser;
import java.io.StringReader;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.activemq.artemis.utils.SelectorTranslator;
import org.apache.camel.CamelContext;
import org.apache.camel.Endpoint;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.component.direct.DirectConsumer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.language.datasonnet.DatasonnetLanguage;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.ResourceResolverSupport;
import org.apache.camel.util.ObjectHelper;
import org.assertj.core.api.ThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * What the app relies on in libraries beyond their documented interfaces. After an upgrade that breaks one of them, the
 * name of the failed test says which class relies on what.
 */
class UpgradeTest {

    private static final String SESSION = "org.apache.camel.component.salesforce.internal.SalesforceSession";
    private static final String PLATFORM_HTTP = "org.apache.camel.component.platform.http.";

    @TestFactory
    Stream<DynamicTest> camelSalesforce() {
        return Stream.of(
                relies("salesforce.CamelSalesforce", "the session of camel-salesforce logs in in exchange for a refused token",
                        () -> method(SESSION, "login", String.class)),
                relies("salesforce.CamelSalesforce", "the session of camel-salesforce tells its token, org, user and instance", () -> {
                    for (String getter : List.of("getAccessToken", "getOrgId", "getId", "getInstanceUrl")) {
                        assertThat(method(SESSION, getter).getReturnType()).isEqualTo(String.class);
                    }
                }),
                relies("salesforce.CamelSalesforce",
                        "the session of camel-salesforce builds the request of a login, with a form as its body",
                        () -> assertThat(method(SESSION, "getLoginRequest", type("org.eclipse.jetty.client.transport.HttpConversation"))
                                .getReturnType().getMethod("getBody")).isNotNull()),
                relies("salesforce.CamelSalesforce, salesforce.RetryAfter, salesforce.RevocationGuard",
                        "camel-salesforce sends by Jetty's client, whose listeners see each request and can abort it", () -> {
                            Class<?> client = method("org.apache.camel.component.salesforce.SalesforceComponent", "getHttpClient")
                                    .getReturnType();
                            Class<?> listeners = client.getMethod("getRequestListeners").getReturnType();
                            assertThat(Stream.of(listeners.getMethods()).map(Method::getName))
                                    .contains("addQueuedListener");
                            method("org.eclipse.jetty.client.Request", "abort", Throwable.class);
                        }),
                relies("salesforce.SigningKey", "a login by key asks its key store parameters for the key store each time",
                        () -> method("org.apache.camel.support.jsse.KeyStoreParameters", "createKeyStore")),
                relies("salesforce.ApiUsage", "Camel tells of each exchange that was sent, and to which endpoint",
                        () -> method("org.apache.camel.spi.CamelEvent$ExchangeSentEvent", "getEndpoint")));
    }

    @TestFactory
    Stream<DynamicTest> routes() {
        return Stream.of(
                relies("reload.ReloadableDirectComponent", "Camel takes the bean direct-component for direct:, and tells it of each"
                        + " route that starts and stops", UpgradeTest::directComponent),
                relies("reload.TrialCamelContext", "DefaultCamelContext gets every endpoint by doGetEndpoint", () -> {
                    List<String> asked = new ArrayList<>();
                    try (CamelContext camel = new DefaultCamelContext() {
                        @Override
                        protected Endpoint doGetEndpoint(String uri, Map<String, Object> parameters, boolean normalized,
                                boolean prototype) {
                            asked.add(uri);
                            return super.doGetEndpoint(uri, parameters, normalized, prototype);
                        }
                    }) {
                        camel.addRoutes(route("direct:a", "log:b"));
                        camel.start();
                    }
                    assertThat(asked).anyMatch(uri -> uri.startsWith("direct:")).anyMatch(uri -> uri.startsWith("log:"));
                }),
                relies("reload.RouteSet",
                        "Camel reads a YAML file into a RouteConfigurationBuilder before anything is added to the context",
                        () -> withCamel(camel -> assertThat(PluginHelper.getRoutesLoader(camel)
                                .findRoutesBuilders(yaml("- route:\n    id: a\n    from:\n      uri: direct:a\n      steps:\n"
                                        + "        - to: log:a\n")))
                                .first().isInstanceOf(RouteConfigurationBuilder.class))),
                relies("reload.TrialBuild", "Camel reads YAML by SnakeYAML Engine, whose exceptions tell the line",
                        () -> withCamel(camel -> {
                            Throwable failure = ThrowableAssert.catchThrowable(
                                    () -> PluginHelper.getRoutesLoader(camel).loadRoutes(yaml("- route:\n    id: [\n")));
                            MarkedYamlEngineException yaml = ObjectHelper.getException(MarkedYamlEngineException.class, failure);
                            assertThat(yaml).isNotNull();
                            assertThat(yaml.getProblemMark()).isPresent();
                        })),
                relies("reload.RouteReplacer", "the model adds and removes route definitions while the context runs",
                        () -> withCamel(camel -> {
                            camel.addRoutes(route("direct:a", "log:a"));
                            Model model = camel.getCamelContextExtension().getContextPlugin(Model.class);
                            RouteDefinition route = model.getRouteDefinitions().get(0);
                            model.removeRouteDefinitions(List.of(route));
                            assertThat(camel.getRoutes()).isEmpty();
                        })),
                relies("reload.RouteReplacer, receive.StoppedRouteInterceptor", "a path of platform-http is a handler method of Spring MVC"
                        + " whose bean is the consumer", () -> {
                            assertThat(Class.forName("org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping")
                                    .isAssignableFrom(Class.forName(PLATFORM_HTTP + "springboot.CamelRequestHandlerMapping"))).isTrue();
                            method(PLATFORM_HTTP + "springboot.SpringBootPlatformHttpConsumer", "isStarted");
                            method(PLATFORM_HTTP + "springboot.SpringBootPlatformHttpConsumer", "getEndpoint");
                            method(PLATFORM_HTTP + "spi.PlatformHttpConsumerAware", "getPlatformHttpConsumer");
                        }),
                relies("reload.RouteQuiescer", "a consumer that polls tells whether it polls now",
                        () -> method("org.apache.camel.support.ScheduledPollConsumer", "isPolling")),
                relies("operator.NamedSteps", "Camel can leave steps without an ID out of JMX",
                        () -> method("org.apache.camel.spi.ManagementAgent", "setOnlyRegisterProcessorWithCustomId", Boolean.class)),
                relies("operator.SharedMBeanInfo", "Camel takes another assembler of MBeans",
                        () -> method("org.apache.camel.ExtendedCamelContext", "setManagementMBeanAssembler",
                                Class.forName("org.apache.camel.spi.ManagementMBeanAssembler"))));
    }

    @TestFactory
    Stream<DynamicTest> mappingLanguages() {
        return Stream.of(
                relies("mapping.MappingConfiguration", "Camel takes the bean datasonnet-language for DataSonnet", () -> withCamel(camel -> {
                    DatasonnetLanguage own = new DatasonnetLanguage(Map.of());
                    camel.getRegistry().bind("datasonnet-language", own);
                    assertThat(camel.resolveLanguage("datasonnet")).isSameAs(own);
                })),
                relies("mapping.MappingResourceResolver", "Camel takes the bean resource-loader-mapping for mapping:",
                        () -> withCamel(camel -> {
                            camel.getRegistry().bind("resource-loader-mapping", new ResourceResolverSupport("mapping") {
                                @Override
                                protected Resource createResource(String location, String remaining) {
                                    return ResourceHelper.fromString(location, "held");
                                }
                            });
                            assertThat(PluginHelper.getResourceLoader(camel).resolveResource("mapping:x").getInputStream())
                                    .hasContent("held");
                        })),
                relies("mapping.MappingErrorLocation", "DataSonnet tells the line of a failure, and the name of a field that is not there",
                        () -> assertThat(ThrowableAssert.catchThrowable(() -> new Mapper("{\n  a: payload.b\n}")
                                .transform(new DefaultDocument<>("{}", MediaTypes.APPLICATION_JSON))))
                                .hasMessageContaining("Error: Field does not exist: b\n")
                                .hasMessageContaining("\n    at line 2 column ").hasMessageContaining(" of the transformation")),
                relies("mapping.MappingErrorLocation, mapping.MappingSyntax", "JSLT tells the line of a failure", () -> {
                    Throwable failure = ThrowableAssert.catchThrowable(() -> new Parser(new StringReader("{\n  \"a\": }")).compile());
                    assertThat(failure).isInstanceOfSatisfying(JsltException.class,
                            jslt -> assertThat(jslt.getMessage()).containsPattern("(?:line |\\(|:)2(?::| column|,)"));
                }),
                relies("mapping.MappingErrorLocation, mapping.MappingSyntax", "JSONata tells the position of a failure",
                        () -> assertThat(ThrowableAssert.catchThrowable(() -> Jsonata.jsonata("{\n  \"a\": }")))
                                .isInstanceOfSatisfying(JException.class, failure -> assertThat(failure.getLocation()).isPositive())),
                relies("mapping.MappingConfiguration", "JSONata stops an evaluation that takes too long",
                        () -> method("com.dashjoin.jsonata.Jsonata$Frame", "setRuntimeBounds", long.class, int.class)));
    }

    @TestFactory
    Stream<DynamicTest> artemis() {
        String queue = "org.apache.activemq.artemis.api.core.management.QueueControl";
        return Stream.of(
                relies("journal.Queues", "the broker tells these numbers of a queue", () -> {
                    for (String attribute : List.of("getMessageCount", "getFirstMessageAge", "getMessagesExpired")) {
                        method(queue, attribute);
                    }
                    method(queue, "countMessages", String.class);
                }),
                relies("journal.Queues", "Artemis translates JMS selectors to its filters",
                        () -> assertThat(SelectorTranslator.convertToActiveMQFilterString("JMSMessageID = 'a'"))
                                .isEqualTo("AMQUserID = 'a'")),
                relies("journal.EmbeddedManagement", "the embedded broker answers for its attributes without a message",
                        () -> method("org.apache.activemq.artemis.core.server.management.ManagementService", "getAttribute",
                                String.class, String.class, type("org.apache.activemq.artemis.core.security.SecurityAuth"))),
                relies("journal.JournalHealth", "the embedded broker tells whether the disk is full",
                        () -> method("org.apache.activemq.artemis.core.paging.PagingManager", "isDiskFull")));
    }

    @TestFactory
    Stream<DynamicTest> exchanges() {
        return Stream.of(
                relies("salesforce.Login", "an exchange knows how long it has been on its way",
                        () -> method("org.apache.camel.clock.Clock", "elapsed")),
                relies("sync.BatchPartitioner", "an exchange tells when it is completed",
                        () -> method("org.apache.camel.ExchangeExtension", "addOnCompletion",
                                type("org.apache.camel.spi.Synchronization"))));
    }

    private static void directComponent() throws Exception {
        List<String> seen = new ArrayList<>();
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.getRegistry().bind("direct-component", new DirectComponent() {
                @Override
                public void addConsumer(String key, DirectConsumer consumer) {
                    super.addConsumer(key, consumer);
                    seen.add("started");
                }

                @Override
                public void removeConsumer(String key, DirectConsumer consumer) {
                    super.removeConsumer(key, consumer);
                    seen.add("stopped");
                }
            });
            camel.addRoutes(route("direct:a", "log:a"));
            camel.start();
        }
        assertThat(seen).containsSubsequence("started", "stopped");
    }

    private interface InCamel {
        void accept(DefaultCamelContext camel) throws Exception;
    }

    private static void withCamel(InCamel check) throws Exception {
        try (DefaultCamelContext camel = new DefaultCamelContext()) {
            camel.start();
            check.accept(camel);
        }
    }

    private static RouteBuilder route(String from, String to) {
        return new RouteBuilder() {
            @Override
            public void configure() {
                from(from).to(to);
            }
        };
    }

    private static Resource yaml(String text) {
        return ResourceHelper.fromBytes("file:a.camel.yaml", text.getBytes(StandardCharsets.UTF_8));
    }

    private static Method method(String type, String name, Class<?>... parameters) throws Exception {
        return Class.forName(type).getMethod(name, parameters);
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName(name);
    }

    private static DynamicTest relies(String by, String on, ThrowingCallable check) {
        return dynamicTest(by + ": " + on, () -> {
            try {
                check.call();
            } catch (Throwable e) {
                throw new AssertionError("dev.orysalesforce." + by + " relies on this, which does not hold any more: " + on + ".", e);
            }
        });
    }
}
