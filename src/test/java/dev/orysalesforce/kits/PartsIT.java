package dev.orysalesforce.kits;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The parts of the jar and their licences; as a table in target/licences.md. */
class PartsIT {

    /** Licences that don't oblige a distributor of the jar to publish other code. If a part has several, one is chosen. */
    private static final Set<String> ALLOWED = Set.of("Apache-2.0", "MIT", "BSD-2-Clause", "BSD-3-Clause", "EPL-1.0", "EPL-2.0",
            "CC0-1.0", "0BSD", "Bouncy Castle Licence", "Go License");
    private static final String JAR = "target/ory-salesforce-sync.jar";
    private static final String LIBRARIES = "BOOT-INF/lib/";

    @Test
    void eachPartIsListedAndMayBeGivenAway() throws IOException {
        Map<String, List<String>> licences = new TreeMap<>();
        try (JarFile jar = new JarFile(JAR)) {
            parts(jar).forEach(part -> licences.put(
                    part.path("name").asText() + "-" + part.path("version").asText() + ".jar", licences(part)));
            assertThat(jar.stream().map(JarEntry::getName).filter(name -> name.startsWith(LIBRARIES) && name.endsWith(".jar"))
                    .map(name -> name.substring(LIBRARIES.length()))
                    .filter(library -> !library.startsWith("spring-boot-jarmode-tools"))) // added when the jar is packed
                    .hasSizeGreaterThan(300)
                    .allSatisfy(library -> assertThat(licences.keySet()).anyMatch(part -> isOf(library, part)));
        }
        Files.write(Path.of("target/licences.md"), Stream.concat(Stream.of("| Part | Licence |", "|---|---|"),
                licences.entrySet().stream().map(part -> "| " + part.getKey() + " | " + String.join(", ", part.getValue())
                        + " |"))
                .toList());
        assertThat(licences).allSatisfy((part, those) -> assertThat(those).as(part).containsAnyElementsOf(ALLOWED));
    }

    @Test
    void noPartHasAKnownVulnerabilityThatIsNotExplained() throws IOException {
        Map<String, String> versions = new TreeMap<>();
        try (JarFile jar = new JarFile(JAR)) {
            parts(jar).forEach(part -> versions.put(part.path("name").asText(), part.path("version").asText()));
        }
        String explained = Files.readString(Path.of("SECURITY.md"));
        assertThat(Files.readAllLines(Path.of("src/test/resources/known-cves.csv"))).filteredOn(line -> !line.startsWith("#"))
                .hasSizeGreaterThan(10)
                .allSatisfy(line -> {
                    String[] known = line.split(",");
                    String version = versions.get(known[0]);
                    assertThat(version == null || explained.contains(known[2])
                            || Version.parse(version).compareTo(Version.parse(known[1])) >= 0)
                            .as("%s %s: update to %s, or say in SECURITY.md why %s does no harm", known[0], version, known[1], known[2])
                            .isTrue();
                });
    }

    private static JsonNode parts(JarFile jar) throws IOException {
        return new ObjectMapper().readTree(jar.getInputStream(jar.getEntry(
                jar.getManifest().getMainAttributes().getValue("Sbom-Location")))).path("components");
    }

    /** Some have a classifier behind the version. */
    private static boolean isOf(String library, String part) {
        return library.startsWith(part.substring(0, part.length() - ".jar".length()));
    }

    private static List<String> licences(JsonNode part) {
        return StreamSupport.stream(part.path("licenses").spliterator(), false).map(one -> one.has("expression")
                ? one.path("expression").asText()
                : one.at("/license/id").asText(one.at("/license/name").asText())).toList();
    }
}
