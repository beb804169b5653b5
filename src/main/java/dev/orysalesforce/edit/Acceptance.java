package dev.orysalesforce.edit;

import dev.orysalesforce.edit.TrialBuild.Outline;
import dev.orysalesforce.edit.RouteSet.Entry;
import dev.orysalesforce.sync.Mapping;
import dev.orysalesforce.sync.Mappings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** Knows what runs. Judges an edited set as a whole, and puts all of it in the place of what ran, or nothing. */
@Component
@Lazy
public class Acceptance {

    private final MappingSettings mappingSettings;
    private final MappingFiles mappingFiles;
    private final Mappings mappings;
    private final TrialBuild trialBuild;
    private final LiveRoutes liveRoutes;
    private final Standstill standstill;
    private volatile Running running;

    /**
     * @param bySchema {@code sync.mappings}
     * @param outline null until the first edit
     */
    private record Running(FileSet files, RouteSet routes, Map<String, String> bySchema, Outline outline) {}

    Acceptance(EditableFiles files, MappingSettings mappingSettings, MappingFiles mappingFiles, Mappings mappings,
            TrialBuild trialBuild, LiveRoutes liveRoutes, Standstill standstill) throws IOException {
        this.mappingSettings = mappingSettings;
        this.mappingFiles = mappingFiles;
        this.mappings = mappings;
        this.trialBuild = trialBuild;
        this.liveRoutes = liveRoutes;
        this.standstill = standstill;
        FileSet start = files.read();
        start.refuseWhatIsEmpty();
        Map<String, String> bySchema = mappingSettings.bySchema(start.settings());
        mappingFiles.check(start.mappings(), Map.of(), bySchema);
        mappings.take(bySchema, start.mappings());
        running = new Running(start, RouteSet.of(start.routes()), bySchema, null);
    }

    FileSet running() {
        return running.files();
    }

    /**
     * @param location a file and maybe a line, as Camel names a route's source
     * @return the version of that file; null if it is none of those that can be edited
     */
    public String version(String location) {
        String file = "/" + String.valueOf(location).split(":", 2)[0];
        return running.files().routes().entrySet().stream().filter(route -> route.getKey().endsWith(file))
                .map(route -> Mapping.hash(route.getValue().getBytes(StandardCharsets.UTF_8)))
                .findFirst().orElse(null);
    }

    /**
     * @return what was taken over, for people; null if something takes longer than anybody should wait for it: try again
     * @throws RefusedEdit if the set can't be used; then all is as before
     */
    String take(FileSet edited) throws InterruptedException {
        edited.refuseWhatIsEmpty();
        Running before = running;
        Map<String, String> bySchema = mappingSettings.bySchema(edited.settings());
        mappingFiles.check(edited.mappings(), before.files().mappings(), bySchema);
        RouteSet routes = RouteSet.of(edited.routes());
        Outline outline = before.outline();
        boolean routesDiffer = liveRoutes.isLost() || !routes.isAs(before.routes());
        if (routesDiffer || !bySchema.equals(before.bySchema())) {
            outline = judge(before, routes, bySchema);
        }
        try {
            if (!standstill.begin(routesDiffer)) {
                return null;
            }
            if (routesDiffer) {
                replace(before.routes(), routes);
            }
            mappings.take(bySchema, edited.mappings());
            running = new Running(edited, routes, bySchema, outline);
        } finally {
            standstill.end();
        }
        return edited.differentFrom(before.files()).stream().map(name -> !edited.settings().containsKey(name) ? name
                : bySchema.equals(before.bySchema()) ? name + " (but nothing of it before a restart)" : name + " (sync.mappings)")
                .collect(Collectors.joining(", "));
    }

    private void replace(RouteSet before, RouteSet after) {
        try {
            liveRoutes.replace(before, after);
        } catch (LiveRoutes.RoutesLost e) {
            throw e;
        } catch (Exception e) {
            throw TrialBuild.refused(after, "routes", Map.of(), e);
        }
    }

    private Outline judge(Running before, RouteSet routes, Map<String, String> bySchema) {
        for (Entry entry : routes.notIn(before.routes()).values()) {
            if (!entry.live()) {
                throw new RefusedEdit(entry.file(), entry.line(), needsARestart(entry));
            }
        }
        for (Entry entry : before.routes().notIn(routes).values()) {
            if (!entry.live()) {
                throw new RefusedEdit(entry.file(), 0, needsARestart(entry));
            }
        }
        Outline now = before.outline() != null ? before.outline() : trialBuild.of(before.routes(), asked(before.bySchema()));
        Outline next = trialBuild.of(routes, asked(bySchema));
        refuseWhatIsMissed(before.routes(), now, routes, next);
        return next;
    }

    /**
     * Where no route sends to, somebody outside does. That nobody is there any more may be meant, but not by deleting a
     * file, which happens by mistake, and never where webhooks come in: Ory would lose them.
     */
    private static void refuseWhatIsMissed(RouteSet before, Outline then, RouteSet after, Outline now) {
        Set<String> missed = new TreeSet<>(then.from().keySet());
        missed.removeAll(then.asked());
        missed.removeAll(now.from().keySet());
        Set<String> gone = new TreeSet<>(before.files().keySet());
        gone.removeAll(after.files().keySet());
        for (String uri : missed) {
            String id = then.from().get(uri);
            if (!gone.isEmpty() || isOfOry(uri)) {
                Entry route = before.entries().get(RouteSet.ROUTE + " " + id);
                throw new RefusedEdit(!gone.isEmpty() ? gone.iterator().next() : route == null ? "routes" : route.file(), 0,
                        "Route " + id + " is gone. Put it back; to do without it, restart the app.");
            }
        }
    }

    private static boolean isOfOry(String uri) {
        return uri.startsWith("platform-http:/webhooks") || uri.startsWith("platform-http:/services");
    }

    private static String needsARestart(Entry entry) {
        return "This edit of " + entry.kind() + " takes a restart: only routes with an id, route configurations with an id"
                + " and rests with a path are taken over while the app runs.";
    }

    /** A mapping may be a route. */
    static Set<String> asked(Map<String, String> bySchema) {
        return bySchema.values().stream().filter(name -> name.startsWith("direct:")).collect(Collectors.toSet());
    }
}
