package dev.orysalesforce.kits;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Programs of the machine. */
final class Tools {

    private Tools() {
    }

    /** The program's output, if it succeeds. */
    static String run(Path work, List<String> command, Map<String, String> variables)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile(work, "output", ".txt");
        Path errors = Files.createTempFile(work, "errors", ".txt");
        ProcessBuilder process = new ProcessBuilder(command).redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        process.environment().putAll(variables);
        int exit = process.start().waitFor();
        assertThat(exit).as(command + ": " + Files.readString(errors)).isZero();
        return Files.readString(output, StandardCharsets.UTF_8);
    }
}
