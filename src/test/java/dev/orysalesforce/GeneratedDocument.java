package dev.orysalesforce;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page of docs/ that a test generates; {@code -Drewrite=true} writes it again. */
public record GeneratedDocument(Path file) {

    public void assertUpToDate(String text) throws IOException {
        if (Boolean.getBoolean("rewrite")) {
            Files.writeString(file, text);
        }
        assertThat(Files.readString(file)).isEqualTo(text);
    }
}
