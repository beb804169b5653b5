package dev.orysalesforce.check;

import dev.orysalesforce.check.MappingExamples.Example;
import dev.orysalesforce.settings.SyncSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import org.springframework.stereotype.Component;

/** The examples beside the mappings, as a comparison of mappings takes them. */
@Component
class DiffExamples {

    private final MappingExamples examples;
    private final Set<String> withoutIdentity;

    DiffExamples(MappingExamples examples, SyncSettings settings) {
        this.examples = examples;
        this.withoutIdentity = Set.of(CandidateMappings.stem(settings.erasedMapping()), CandidateMappings.stem(settings.goneMapping()));
    }

    /** All but those of what an identity leaves in its record, by their names. */
    List<DiffExample> all() {
        return examples.examples().stream().filter(example -> !withoutIdentity.contains(CandidateMappings.stem(example.mapping().name())))
                .map(DiffExamples::example).toList();
    }

    private static DiffExample example(Example example) {
        boolean isBody = CandidateMappings.stem(example.mapping().name()).equals("event");
        try {
            return new DiffExample(example.name(), Files.readString(example.input()), !isBody,
                    example.mapping().isOfRecords() ? example.mapping().name() : null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
