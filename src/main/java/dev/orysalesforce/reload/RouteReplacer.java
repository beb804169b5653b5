package dev.orysalesforce.reload;

import dev.orysalesforce.reload.RouteSet.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Route;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumerAware;
import org.apache.camel.component.platform.http.springboot.CamelRequestHandlerMapping;
import org.apache.camel.component.platform.http.springboot.SpringBootPlatformHttpConsumer;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.RoutesDefinition;
import org.apache.camel.model.rest.RestDefinition;
import org.springframework.stereotype.Component;

/** Replaces running routes by others. */
@Component
public class RouteReplacer {

    private final CamelContext camel;
    private final Model model;
    private final CamelRequestHandlerMapping paths;
    private volatile boolean lost;

    RouteReplacer(CamelContext camel, CamelRequestHandlerMapping paths) {
        this.camel = camel;
        this.model = camel.getCamelContextExtension().getContextPlugin(Model.class);
        this.paths = paths;
    }

    /** Whether some routes are missing, so that any valid set is better than the current one. */
    boolean isLost() {
        return lost;
    }

    /** No exchange may be on a route meanwhile. If the new routes don't start, the old ones are restored. */
    public void replace(RouteSet before, RouteSet after) throws Exception {
        try {
            change(before, after);
            lost = false;
        } catch (Exception e) {
            try {
                change(after, before);
                lost = false;
            } catch (Exception undo) {
                lost = true;
                undo.addSuppressed(e);
                throw new RoutesLost(undo);
            }
            throw e;
        }
    }

    /** Neither the changed routes nor the previous ones have started. */
    static final class RoutesLost extends RuntimeException {

        RoutesLost(Exception undo) {
            super(undo);
        }
    }

    private void change(RouteSet before, RouteSet after) throws Exception {
        Collection<Entry> old = before.differenceFrom(after).values();
        Collection<Entry> fresh = after.differenceFrom(before).values();
        if (lost || touchAll(old) || touchAll(fresh)) {
            old = before.entries().values().stream().filter(Entry::live).toList();
            fresh = after.entries().values().stream().filter(Entry::live).toList();
        }
        for (Entry entry : old) {
            remove(entry);
        }
        Map<String, RouteBuilder> files = new LinkedHashMap<>();
        for (Entry entry : fresh) {
            if (!files.containsKey(entry.file())) {
                files.put(entry.file(), after.configure(camel, entry.file()));
            }
        }
        List<RouteDefinition> routes = new ArrayList<>();
        for (RouteBuilder file : files.values()) {
            routes.addAll(routes(file, fresh));
        }
        model.addRouteDefinitions(routes);
        if (Stream.concat(old.stream(), fresh.stream()).anyMatch(entry -> entry.kind().equals(RouteSet.REST))) {
            describeAnew();
        }
        forgetRemovedPaths();
    }

    /** A route configuration has become a part of its routes. */
    private static boolean touchAll(Collection<Entry> entries) {
        return entries.stream().anyMatch(entry -> entry.kind().equals(RouteSet.CONFIGURATION));
    }

    private void remove(Entry entry) throws Exception {
        switch (entry.kind()) {
            case RouteSet.ROUTE -> remove(route -> entry.id().equals(route.getRouteId()));
            case RouteSet.CONFIGURATION -> model.getRouteConfigurationDefinitions()
                    .removeIf(configuration -> entry.id().equals(configuration.getId()));
            case RouteSet.REST -> {
                remove(route -> route.getRestDefinition() != null
                        && entry.id().equals(route.getRestDefinition().getPath()));
                model.getRestDefinitions().removeIf(rest -> entry.id().equals(rest.getPath()));
            }
            default -> throw new IllegalArgumentException(entry.kind());
        }
    }

    private void remove(Predicate<RouteDefinition> which) throws Exception {
        model.removeRouteDefinitions(model.getRouteDefinitions().stream().filter(which).toList());
    }

    private List<RouteDefinition> routes(RouteBuilder file, Collection<Entry> wanted) throws Exception {
        Set<String> routeIds = ids(wanted, RouteSet.ROUTE);
        Set<String> restPaths = ids(wanted, RouteSet.REST);
        RoutesDefinition all = file.configureRoutes(camel);
        List<RouteDefinition> routes = new ArrayList<>(all.getRoutes());
        routes.removeIf(route -> !routeIds.contains(route.getRouteId()));
        for (RestDefinition rest : file.configureRests(camel).getRests()) {
            if (restPaths.contains(rest.getPath())) {
                model.addRestDefinitions(List.of(rest), false);
                for (RouteDefinition route : rest.asRouteDefinition(camel)) {
                    all.prepareRoute(all.route(route));
                    routes.add(route);
                }
            }
        }
        return routes;
    }

    private static Set<String> ids(Collection<Entry> entries, String kind) {
        return entries.stream().filter(entry -> entry.kind().equals(kind)).map(Entry::id).collect(Collectors.toSet());
    }

    /** The OpenAPI document is generated when its route starts. */
    private void describeAnew() throws Exception {
        for (RouteDefinition route : model.getRouteDefinitions()) {
            if (route.getInput().getEndpointUri().startsWith("rest-api:")) {
                camel.getRouteController().stopRoute(route.getRouteId());
                camel.getRouteController().startRoute(route.getRouteId());
            }
        }
    }

    /** Camel leaves the path of a removed route registered with its consumer, which would keep answering. */
    private void forgetRemovedPaths() {
        Set<Consumer> live = camel.getRoutes().stream().map(Route::getConsumer)
                .map(consumer -> consumer instanceof PlatformHttpConsumerAware path ? path.getPlatformHttpConsumer() : consumer)
                .collect(Collectors.toSet());
        Map.copyOf(paths.getHandlerMethods()).forEach((path, handler) -> {
            if (handler.getBean() instanceof SpringBootPlatformHttpConsumer consumer && !live.contains(consumer)) {
                paths.unregisterMapping(path);
            }
        });
    }
}
