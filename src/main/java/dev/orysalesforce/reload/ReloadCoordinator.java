package dev.orysalesforce.reload;

import dev.orysalesforce.mapping.Mapping;
import dev.orysalesforce.receive.Problems;
import dev.orysalesforce.reload.RouteSet.Entry;
import dev.orysalesforce.reload.TrialBuild.Outline;
import dev.orysalesforce.settings.CannotStartException;
import dev.orysalesforce.sync.Mappings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/**
 * Knows the running set of files. Checks a changed set as a whole, and replaces the running one completely or not at all.
 */
@Component
@Lazy
public class ReloadCoordinator {

    /** The key of a problem in the call of a bean. */
    private static final Pattern PROBLEM = Pattern.compile(
            "\\b(?:problems|gatewayResponses)(?:\\s+method: [\"']?|\\?method=|\\.)(?:problem|error)\\('+([\\w.-]+)'");

    private final MappingSettings mappingSettings;
    private final MappingFiles mappingFiles;
    private final MappingTrial mappingTrial;
    private final Mappings mappings;
    private final TrialBuild trialBuild;
    private final RouteReplacer liveRoutes;
    private final RouteQuiescer quiescer;
    private final Problems problems;
    private volatile Running running;

    /**
     * @param bySchema {@code sync.mappings}
     * @param outline null until the first reload
     * @param versions file name to version of each route file
     */
    private record Running(ConfigSnapshot files, RouteSet routes, Map<String, String> bySchema, Outline outline,
            Map<String, String> versions) {

        Running(ConfigSnapshot files, RouteSet routes, Map<String, String> bySchema, Outline outline) {
            this(files, routes, bySchema, outline, files.routes().entrySet().stream().collect(Collectors.toMap(
                    file -> Path.of(file.getKey()).getFileName().toString(),
                    file -> Mapping.hash(file.getValue().getBytes(StandardCharsets.UTF_8)), (one, other) -> one)));
        }
    }

    ReloadCoordinator(EditableFiles files, MappingSettings mappingSettings, MappingFiles mappingFiles, MappingTrial mappingTrial,
            Mappings mappings, TrialBuild trialBuild, RouteReplacer liveRoutes, RouteQuiescer quiescer,
            Problems problems) throws IOException {
        this.mappingSettings = mappingSettings;
        this.mappingFiles = mappingFiles;
        this.mappingTrial = mappingTrial;
        this.mappings = mappings;
        this.trialBuild = trialBuild;
        this.liveRoutes = liveRoutes;
        this.quiescer = quiescer;
        this.problems = problems;
        ConfigSnapshot start = files.read();
        try {
            start.rejectEmptyFiles();
            Map<String, String> bySchema = mappingSettings.bySchema(start.settings());
            mappingFiles.check(start.mappings(), Map.of(), bySchema);
            mappings.take(bySchema, start.mappings());
            running = new Running(start, routes(start), bySchema, null);
        } catch (ReloadRejectedException e) { // there is no previous version that could keep running
            throw new CannotStartException(e.place() + ": " + e.getMessage(), "Fix it and start again.", e);
        }
    }

    ConfigSnapshot running() {
        return running.files();
    }

    /**
     * @param location a file and maybe a line, as Camel names a route's source
     * @return the version of that file; null if it is not one that can be reloaded
     */
    public String version(String location) {
        return running.versions().get(String.valueOf(location).split(":", 2)[0]);
    }

    /**
     * @return the names of the reloaded files; null if work in progress takes too long to wait for: try again
     * @throws ReloadRejectedException if the set can't be used; then nothing has changed
     */
    String reload(ConfigSnapshot edited) throws InterruptedException {
        edited.rejectEmptyFiles();
        Running before = running;
        Map<String, String> bySchema = mappingSettings.bySchema(edited.settings());
        mappingFiles.check(edited.mappings(), before.files().mappings(), bySchema);
        mappingTrial.run(before.files().mappings(), edited.mappings());
        RouteSet routes = routes(edited);
        Outline outline = before.outline();
        boolean routesDiffer = liveRoutes.isLost() || !routes.isEquivalentTo(before.routes());
        if (routesDiffer || !bySchema.equals(before.bySchema())) {
            outline = judge(before, routes, bySchema);
        }
        try {
            if (!quiescer.quiesce(routesDiffer)) {
                return null;
            }
            if (routesDiffer) {
                replace(before.routes(), routes);
            }
            mappings.take(bySchema, edited.mappings());
            running = new Running(edited, routes, bySchema, outline);
        } finally {
            quiescer.resume();
        }
        return edited.differentFrom(before.files()).stream().map(name -> !edited.settings().containsKey(name) ? name
                : bySchema.equals(before.bySchema()) ? name + " (takes effect at the next restart)" : name + " (sync.mappings)")
                .collect(Collectors.joining(", "));
    }

    /** Camel looks at the parameters of a bean's method only when it calls it. */
    private RouteSet routes(ConfigSnapshot files) {
        RouteSet routes = RouteSet.of(files.routes());
        routes.files().forEach((file, text) -> PROBLEM.matcher(text).results().forEach(call -> {
            if (!problems.hasKey(call.group(1))) {
                throw new ReloadRejectedException(file, (int) text.substring(0, call.end()).lines().count(),
                        "There is no problem " + call.group(1) + ". docs/problems.md has the keys of all.");
            }
        }));
        return routes;
    }

    private void replace(RouteSet before, RouteSet after) {
        try {
            liveRoutes.replace(before, after);
        } catch (RouteReplacer.RoutesLost e) {
            throw e;
        } catch (Exception e) {
            throw TrialBuild.rejected(after, "routes", Map.of(), e);
        }
    }

    private Outline judge(Running before, RouteSet routes, Map<String, String> bySchema) {
        for (Entry entry : routes.differenceFrom(before.routes()).values()) {
            if (!entry.live()) {
                throw new ReloadRejectedException(entry.file(), entry.line(), needsARestart(entry));
            }
        }
        for (Entry entry : before.routes().differenceFrom(routes).values()) {
            if (!entry.live()) {
                throw new ReloadRejectedException(entry.file(), 0, needsARestart(entry));
            }
        }
        Outline now = before.outline() != null ? before.outline() : trialBuild.of(before.routes(), calledEndpoints(before.bySchema()));
        Outline next = trialBuild.of(routes, calledEndpoints(bySchema));
        refuseWhatIsMissed(before.routes(), now, routes, next);
        return next;
    }

    /**
     * An endpoint that no route sends to is called from outside. Removing it may be intended, but not by deleting a file,
     * which happens by mistake, and never where webhooks arrive: Ory would lose them.
     */
    private static void refuseWhatIsMissed(RouteSet before, Outline then, RouteSet after, Outline now) {
        Set<String> missed = new TreeSet<>(then.from().keySet());
        missed.removeAll(then.called());
        missed.removeAll(now.from().keySet());
        Set<String> gone = new TreeSet<>(before.files().keySet());
        gone.removeAll(after.files().keySet());
        for (String uri : missed) {
            String id = then.from().get(uri);
            if (!gone.isEmpty() || isOfOry(uri)) {
                Entry route = before.entries().get(RouteSet.ROUTE + " " + id);
                throw new ReloadRejectedException(!gone.isEmpty() ? gone.iterator().next() : route == null ? "routes" : route.file(), 0,
                        "Route " + id + " is gone. Put it back; to remove it, restart the app.");
            }
        }
    }

    private static boolean isOfOry(String uri) {
        return uri.startsWith("platform-http:/webhooks") || uri.startsWith("platform-http:/services");
    }

    private static String needsARestart(Entry entry) {
        return "This change of " + entry.kind() + " needs a restart: only routes with an id, route configurations with an id"
                + " and rests with a path are reloaded while the app runs.";
    }

    /** A mapping may be a route. */
    public static Set<String> calledEndpoints(Map<String, String> bySchema) {
        return bySchema.values().stream().filter(name -> name.startsWith("direct:")).collect(Collectors.toSet());
    }
}
