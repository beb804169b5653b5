package dev.orysalesforce.reload;

import dev.orysalesforce.reload.RouteSet.Entry;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.ExpressionIllegalSyntaxException;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.support.PatternHelper;
import org.apache.camel.util.ObjectHelper;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.stereotype.Component;

/** Builds a set of routes in a trial context. Camel rejects there what it would reject in the app. */
@Component
public class TrialBuild {

    /** The parts of an exception's message that help to find the line: a URI, an ID, an expression. */
    private static final Pattern QUOTED =
            Pattern.compile("[$]\\{\\S+|[\\w.-]+:[\\w./{}-]+|[`'\"\\[]([^`'\"\\]]{2,})[`'\"\\]]|: ([\\w.-]{2,})");

    private final CamelContext camel;

    TrialBuild(CamelContext camel) {
        this.camel = camel;
    }

    /**
     * How routes are connected.
     *
     * @param from each route's first endpoint to its ID
     * @param called the direct endpoints that they send to
     */
    public record Outline(Map<String, String> from, Set<String> called) {}

    /**
     * @param set the whole set
     * @param others direct endpoints that are called by code other than routes
     */
    public Outline of(RouteSet set, Set<String> others) {
        Map<String, RouteBuilder> builders = new LinkedHashMap<>();
        Map<String, RouteDefinition> routes = new LinkedHashMap<>();
        Map<String, String> files = new HashMap<>();
        try (TrialCamelContext trial = new TrialCamelContext(camel)) {
            for (String file : set.files().keySet()) {
                in(set, file, files, () -> builders.put(file, set.configure(trial, file)));
            }
            for (String file : set.files().keySet()) {
                in(set, file, files, () -> builders.get(file).addRoutesToCamelContext(trial));
                for (RouteDefinition route : builders.get(file).getRouteCollection().getRoutes()) {
                    files.put(route.getRouteId(), file);
                    if (routes.put(route.getRouteId(), route) != null) {
                        throw new ReloadRejectedException(file, set.line(file, route.getRouteId(), 1),
                                "There is another route " + route.getRouteId() + ".");
                    }
                }
            }
            in(set, "routes", files, trial::init);
            return outline(set, routes, files, trial.directEndpoints(), others);
        } catch (IOException e) {
            throw new IllegalStateException(e); // of closing
        }
    }

    private static Outline outline(RouteSet set, Map<String, RouteDefinition> routes, Map<String, String> files,
            Set<String> direct, Set<String> others) {
        Map<String, String> from = new HashMap<>();
        Set<String> asked = new HashSet<>(others);
        routes.forEach((id, route) -> {
            String other = from.put(route.getInput().getEndpointUri(), id);
            if (other != null) {
                throw new ReloadRejectedException(files.get(id), set.line(files.get(id), route.getInput().getEndpointUri(),
                        set.lineOfRoute(id)), "Route " + other + " begins at " + route.getInput().getEndpointUri() + ", too.");
            }
            checkConfigurations(set, files.get(id), route);
            ProcessorDefinitionHelper.filterTypeInOutputs(route.getOutputs(), ToDefinition.class)
                    .forEach(to -> asked.add(to.getEndpointUri()));
        });
        asked.addAll(direct);
        asked.removeIf(uri -> !uri.startsWith("direct:"));
        for (String uri : asked) {
            if (!from.containsKey(uri)) {
                String file = set.files().keySet().stream().filter(name -> set.line(name, uri, 0) > 0).findFirst().orElse("routes");
                throw new ReloadRejectedException(file, set.line(file, uri, 0), "No route begins at " + uri + ".");
            }
        }
        return new Outline(from, asked);
    }

    /** Camel ignores one that does not exist, and the route would lack its error handling. */
    private static void checkConfigurations(RouteSet set, String file, RouteDefinition route) {
        String ids = route.getRouteConfigurationId() == null ? "" : route.getRouteConfigurationId();
        for (String id : ids.isEmpty() ? List.<String>of() : List.of(ids.split(","))) {
            if (set.entries().values().stream().noneMatch(entry -> entry.kind().equals(RouteSet.CONFIGURATION)
                    && PatternHelper.matchPattern(entry.id(), id))) {
                throw new ReloadRejectedException(file, set.line(file, id, set.lineOfRoute(route.getRouteId())),
                        "There is no routeConfiguration " + id + ".");
            }
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    private static void in(RouteSet set, String file, Map<String, String> files, Step step) {
        try {
            step.run();
        } catch (ReloadRejectedException e) {
            throw e;
        } catch (Exception e) {
            throw rejected(set, file, files, e);
        }
    }

    /** Names file and line as precisely as Camel and the text of the file allow. */
    public static ReloadRejectedException rejected(RouteSet set, String where, Map<String, String> files, Exception e) {
        MarkedYamlEngineException yaml = ObjectHelper.getException(MarkedYamlEngineException.class, e);
        if (yaml != null) {
            return new ReloadRejectedException(where, yaml.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0), yaml.getProblem());
        }
        FailedToCreateRouteException create = ObjectHelper.getException(FailedToCreateRouteException.class, e);
        FailedToStartRouteException start = ObjectHelper.getException(FailedToStartRouteException.class, e);
        String route = create != null ? create.getRouteId() : start != null ? start.getRouteId() : null;
        Entry entry = set.entries().get(RouteSet.ROUTE + " " + route);
        String file = entry != null ? entry.file() : files.getOrDefault(route, where);
        int line = route == null ? 0 : set.lineOfRoute(route);
        Throwable syntax = ObjectHelper.getException(ExpressionIllegalSyntaxException.class, e); // quotes the expression
        Throwable cause = syntax != null ? syntax : NestedExceptionUtils.getMostSpecificCause(e);
        if (cause.getMessage() == null) { // so its YAML reader says that a step is cut off
            return new ReloadRejectedException(file, line, "Camel can't make a route of it, and says no more than "
                    + cause.getClass().getSimpleName() + ". Is a step cut off?");
        }
        String message = cause.getMessage().replaceAll("[\\s*]+", " ").strip();
        String reason = message.contains(" ") ? message : cause.getClass().getSimpleName() + ": " + message;
        List<String> hints = QUOTED.matcher(reason.replace("://", ":")).results()
                .map(quoted -> quoted.group(quoted.group(1) != null ? 1 : quoted.group(2) != null ? 2 : 0))
                .map(text -> text.replaceAll("\\.$", "")).filter(text -> !text.equals(route)).toList();
        Stream<String> places = Stream.concat(Stream.of(file), set.files().keySet().stream()); // a part may be in a configuration
        return places.flatMap(place -> hints.stream().map(hint -> set.line(place, hint, place.equals(file) ? line : 0))
                .filter(found -> found > 0).limit(1).map(found -> new ReloadRejectedException(place, found, reason)))
                .findFirst().orElse(new ReloadRejectedException(file, line, reason));
    }
}
