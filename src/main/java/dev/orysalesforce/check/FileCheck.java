package dev.orysalesforce.check;

import dev.orysalesforce.reload.ConfigSnapshot;
import dev.orysalesforce.reload.EditableFiles;
import dev.orysalesforce.reload.MappingFiles;
import dev.orysalesforce.reload.MappingSettings;
import dev.orysalesforce.reload.ReloadCoordinator;
import dev.orysalesforce.reload.ReloadRejectedException;
import dev.orysalesforce.reload.RouteReplacer;
import dev.orysalesforce.reload.RouteSet;
import dev.orysalesforce.reload.RouteSet.Entry;
import dev.orysalesforce.reload.TrialBuild;
import dev.orysalesforce.settings.CommandLineOnly;
import dev.orysalesforce.sync.Mappings;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;

/** Checks the files as a reload does, but continues after a finding: each broken file is reported once. */
@CommandLineOnly
public class FileCheck {

    /** Definitions in a broken file that other files may need, as far as its text shows them. */
    private static final Pattern OFFERED =
            Pattern.compile("from:\\s+uri:\\s*[\"']?(direct:[\\w.-]+)|routeConfiguration:\\s+id:\\s*([\\w.-]+)");

    private final EditableFiles editable;
    private final MappingSettings mappingSettings;
    private final MappingFiles mappingFiles;
    private final Mappings mappings;
    private final TrialBuild trialBuild;
    private final RouteReplacer liveRoutes;
    private final CamelContext camel;

    FileCheck(EditableFiles editable, MappingSettings mappingSettings, MappingFiles mappingFiles, Mappings mappings,
            TrialBuild trialBuild, RouteReplacer liveRoutes, CamelContext camel) {
        this.editable = editable;
        this.mappingSettings = mappingSettings;
        this.mappingFiles = mappingFiles;
        this.mappings = mappings;
        this.trialBuild = trialBuild;
        this.liveRoutes = liveRoutes;
        this.camel = camel;
    }

    /**
     * The findings, by file. If the app was started without routes, it has the valid ones afterwards, as far as they start
     * only when they are called.
     */
    public Map<String, Finding> findings() throws IOException {
        ConfigSnapshot files = editable.read();
        Map<String, Finding> found = new LinkedHashMap<>();
        Map<String, String> bySchema = new HashMap<>();
        judge(found, refused -> false, () -> bySchema.putAll(mappingSettings.bySchema(files.settings())));

        Map<String, String> mappings = withoutEmpty(files.mappings(), found);
        Map<String, String> known = new HashMap<>();
        mappings.keySet().stream().filter(found::containsKey).forEach(file -> known.put(file, mappings.get(file)));
        judge(found, refused -> known.put(refused, mappings.computeIfAbsent(refused, missing -> "")) == null,
                () -> mappingFiles.check(mappings, known, bySchema));

        Map<String, String> routes = withoutEmpty(files.routes(), found);
        routes.values().removeIf(String::isEmpty);
        judge(found, refused -> routes.containsKey(refused) && standIn(refused, routes),
                () -> trialBuild.of(RouteSet.of(routes), ReloadCoordinator.calledEndpoints(bySchema)));
        if (camel.getRoutesSize() == 0) {
            judge(found, refused -> false, () -> start(RouteSet.of(routes), found.keySet()));
        }
        return found;
    }

    /** Lets the app use the mappings as they are, also if it was started without them. */
    public void useMappings() throws IOException {
        ConfigSnapshot files = editable.read();
        mappings.take(mappingSettings.bySchema(files.settings()), files.mappings());
    }

    /** Whether a route begins at this endpoint, so that it can be called. */
    public boolean has(String direct) {
        return camel.getRoutes().stream()
                .anyMatch(route -> route.getEndpoint().getEndpointUri().equals(direct.replace("direct:", "direct://")));
    }

    private interface Putting {
        boolean aside(String file);
    }

    /** Checks again without the rejected file, until no further file is rejected. */
    private static void judge(Map<String, Finding> found, Putting aside, Runnable judge) {
        for (boolean again = true; again;) {
            try {
                judge.run();
                return;
            } catch (ReloadRejectedException e) {
                again = found.putIfAbsent(e.file(), Finding.error(e.place(), e.getMessage(),
                        "Fix it: the app refuses to run with it.")) == null && aside.aside(e.file());
            }
        }
    }

    private static Map<String, String> withoutEmpty(Map<String, String> files, Map<String, Finding> found) {
        Map<String, String> texts = new TreeMap<>();
        files.forEach((file, text) -> {
            judge(found, refused -> false, () -> ConfigSnapshot.refuseIfEmpty(file, text));
            texts.put(file, found.containsKey(file) ? "" : text);
        });
        return texts;
    }

    /** Replaces a broken file by what others need of it; otherwise those would be reported, too. */
    private static boolean standIn(String file, Map<String, String> routes) {
        Set<String> elsewhere = routes.entrySet().stream().filter(other -> !other.getKey().equals(file))
                .flatMap(other -> offered(other.getValue())).collect(Collectors.toSet());
        String rest = offered(routes.get(file)).distinct().filter(name -> !elsewhere.contains(name))
                .map(name -> name.startsWith("direct:")
                        ? "- route: {id: 'stands in for %s', from: {uri: '%s', steps: [{stop: {}}]}}".formatted(name, name)
                        : "- routeConfiguration: {id: '%s'}".formatted(name))
                .collect(Collectors.joining("\n"));
        if (rest.isEmpty()) {
            routes.remove(file);
        } else {
            routes.put(file, rest);
        }
        return true;
    }

    private static Stream<String> offered(String text) {
        return OFFERED.matcher(text).results().map(offer -> offer.group(1) != null ? offer.group(1) : offer.group(2));
    }

    private void start(RouteSet set, Set<String> broken) {
        Map<String, Entry> called = new LinkedHashMap<>(set.entries());
        called.values().removeIf(entry -> broken.contains(entry.file()) || !entry.kind().equals(RouteSet.CONFIGURATION)
                && !(entry.body() instanceof Map<?, ?> route && route.get("from") instanceof Map<?, ?> from
                        && String.valueOf(from.get("uri")).startsWith("direct:")));
        try {
            liveRoutes.replace(new RouteSet(Map.of(), Map.of()), new RouteSet(set.files(), called));
        } catch (Exception e) {
            throw TrialBuild.rejected(set, "routes", Map.of(), e);
        }
    }
}
