package dev.orysalesforce.reload;

import dev.orysalesforce.receive.RequestGate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.SuspendableService;
import org.apache.camel.support.ScheduledPollConsumer;
import org.springframework.stereotype.Component;

/**
 * Suspends the routes for a reload. Routes that start by themselves are suspended first and may take their time: a batch
 * ends on the routes and mappings that it began with. Only then do requests have to wait, for a moment.
 */
@Component
class RouteQuiescer {

    private static final Duration BATCH = Duration.ofSeconds(30);
    private static final Duration REQUEST = Duration.ofSeconds(2);
    private static final Set<String> CALLED = Set.of("direct", "platform-http", "rest", "rest-api");

    private final CamelContext camel;
    private final RequestGate gate;
    private final List<Route> suspended = new ArrayList<>();
    private boolean closed;

    RouteQuiescer(CamelContext camel, RequestGate gate) {
        this.camel = camel;
        this.gate = gate;
    }

    /**
     * @param requests whether HTTP requests have to wait, too
     * @return whether all routes are idle; if not, work in progress takes too long to wait for
     */
    boolean quiesce(boolean requests) throws InterruptedException {
        List<Route> byItself = camel.getRoutes().stream()
                .filter(route -> !CALLED.contains(route.getEndpoint().getEndpointBaseUri().split(":", 2)[0])).toList();
        for (Route route : byItself) {
            if (route.getConsumer() instanceof SuspendableService consumer && !consumer.isSuspended()) {
                consumer.suspend();
                suspended.add(route);
            }
        }
        long deadline = System.nanoTime() + BATCH.toNanos();
        for (int quiet = 0; quiet < 2; quiet = byItself.stream().anyMatch(this::isBusy) ? 0 : quiet + 1) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(10);
        }
        closed = requests && gate.close(REQUEST);
        return closed || !requests;
    }

    void resume() {
        if (closed) {
            gate.open();
            closed = false;
        }
        for (Route route : suspended) {
            if (camel.getRoute(route.getId()) == route) {
                ((SuspendableService) route.getConsumer()).resume();
            }
        }
        suspended.clear();
    }

    private boolean isBusy(Route route) {
        return camel.getInflightRepository().size(route.getId()) > 0
                || (route.getConsumer() instanceof ScheduledPollConsumer consumer && consumer.isPolling());
    }
}
