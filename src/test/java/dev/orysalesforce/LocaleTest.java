package dev.orysalesforce;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Texts and keys are the same on a machine of any language. */
class LocaleTest {

    /** Case of letters, and numbers in a format, by the default locale. */
    private static final Pattern DEPENDENT = Pattern.compile("\\.to(Lower|Upper)Case\\(\\)"
            + "|(printf|format)\\(\\s*\"[^\"]*%[\\d$,.+-]*[defgx]"
            + "|\"[^\"]*%[\\d$,.+-]*[defgx][^\"]*\"\\s*\\.formatted\\(");

    @Test
    void noTextDependsOnTheLanguageOfTheMachine() throws IOException {
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            List<String> found = sources.filter(Files::isRegularFile).flatMap(LocaleTest::dependent).toList();
            assertThat(found).as("give a locale, such as Locale.ROOT for keys and Locale.ENGLISH for people").isEmpty();
        }
    }

    private static Stream<String> dependent(Path source) {
        try {
            return DEPENDENT.matcher(Files.readString(source)).results().map(found -> source + ": " + found.group());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
