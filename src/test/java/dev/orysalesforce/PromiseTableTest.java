package dev.orysalesforce;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table in docs/promises.md names test classes that exist and run in that build. */
class PromiseTableTest {

    private static final Pattern TEST_CLASS = Pattern.compile("`(\\w+(?:Test|IT))`");
    private static final Pattern NIGHTLY_CLASS = Pattern.compile("(?m)^@Tag\\(\"nightly\"\\)$");
    private static final Map<String, Path> SOURCES = sources();

    @Test
    void eachTestOfTheDefaultBuildRunsThere() {
        assertThat(cells(2)).hasSizeGreaterThan(10)
                .allSatisfy(name -> assertThat(source(name)).as(name).doesNotContainPattern(NIGHTLY_CLASS));
    }

    @Test
    void eachTestOfTheNightlyBuildRunsThere() {
        assertThat(cells(3)).hasSizeGreaterThan(10)
                .allSatisfy(name -> assertThat(source(name)).as(name).containsPattern("@Tag\\(\"(nightly|longer|ledger|faults)\"\\)"));
    }

    @Test
    void eachTestThatSecurityNamesExists() {
        assertThat(TEST_CLASS.matcher(read(Path.of("SECURITY.md"))).results().map((MatchResult name) -> name.group(1)))
                .hasSizeGreaterThan(20).allSatisfy(name -> assertThat(SOURCES).containsKey(name));
    }

    private static String source(String name) {
        assertThat(SOURCES).as("test classes").containsKey(name);
        return read(SOURCES.get(name));
    }

    private static List<String> cells(int column) {
        return read(Path.of("docs/promises.md")).lines().filter(line -> line.startsWith("| "))
                .map(line -> line.split("\\|")[column]).flatMap(cell -> TEST_CLASS.matcher(cell).results())
                .map((MatchResult name) -> name.group(1)).toList();
    }

    private static Map<String, Path> sources() {
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            return files.filter(file -> file.toString().endsWith(".java")).collect(Collectors.toMap(
                    file -> file.getFileName().toString().replace(".java", ""), file -> file, (one, other) -> one));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
