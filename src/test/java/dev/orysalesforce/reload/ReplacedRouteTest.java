package dev.orysalesforce.reload;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.direct.DirectConsumer;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that waited while a route took the place of another come in together, and each gets the new one. */
class ReplacedRouteTest {

    private final AtomicBoolean slow = new AtomicBoolean();
    private final CountDownLatch looking = new CountDownLatch(1);
    private final CountDownLatch found = new CountDownLatch(1);
    private final DefaultCamelContext camel = new DefaultCamelContext();

    @BeforeEach
    void start() throws Exception {
        camel.addComponent("direct", new SlowToFind());
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:caller").to("direct:edited");
            }
        });
        edit("before");
        camel.start();
    }

    @AfterEach
    void stop() {
        found.countDown();
        camel.stop();
    }

    @Test
    void noCallerGetsThePreviousRouteDuringALookUp() throws Exception {
        ProducerTemplate caller = camel.createProducerTemplate();
        assertThat(caller.requestBody("direct:caller", "")).isEqualTo("before");
        camel.getRouteController().stopRoute("edited");
        camel.removeRoute("edited");
        edit("after");
        slow.set(true);
        CompletableFuture<Object> first = CompletableFuture.supplyAsync(() -> caller.requestBody("direct:caller", ""));
        assertThat(looking.await(10, SECONDS)).isTrue();

        assertThat(caller.requestBody("direct:caller", "")).isEqualTo("after");

        found.countDown();
        assertThat(first.get(10, SECONDS)).isEqualTo("after");
    }

    private void edit(String version) throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                from("direct:edited").routeId("edited").to("language:constant:" + version);
            }
        });
    }

    /** The first caller takes as long as the test wants. */
    private final class SlowToFind extends ReloadableDirectComponent {

        @Override
        protected DirectConsumer getConsumer(String key, boolean block, long timeout) throws InterruptedException {
            if (key.equals("direct://edited") && slow.getAndSet(false)) {
                looking.countDown();
                found.await();
            }
            return super.getConsumer(key, block, timeout);
        }
    }
}
