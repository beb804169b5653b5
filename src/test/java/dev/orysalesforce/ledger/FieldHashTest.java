package dev.orysalesforce.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orysalesforce.settings.CannotStartException;
import dev.orysalesforce.settings.SyncSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** The key of the hashes: the first process makes it, complete, and it stays. */
class FieldHashTest {

    @TempDir
    private Path folder;

    @Test
    void theKeyIsItsOwnersAndStays() throws Exception {
        Path data = folder.resolve("data");
        String first = new FieldHash(settings(data)).fingerprint();
        assertThat(new FieldHash(settings(data)).fingerprint()).isEqualTo(first);
        assertThat(Files.size(data.resolve("ledger.key"))).isEqualTo(32);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("ledger.key")))).isEqualTo("rw-------");
        try (Stream<Path> files = Files.list(data)) {
            assertThat(files).as("nothing else is left").hasSize(1);
        }
    }

    @Test
    void concurrentStartsShareOneKey() throws Exception {
        int starters = 8;
        ExecutorService threads = Executors.newFixedThreadPool(starters);
        try {
            for (int round = 0; round < 50; round++) {
                SyncSettings settings = settings(folder.resolve("data-" + round));
                CyclicBarrier together = new CyclicBarrier(starters);
                List<Future<String>> keys = new ArrayList<>();
                for (int i = 0; i < starters; i++) {
                    keys.add(threads.submit(() -> {
                        together.await();
                        return new FieldHash(settings).fingerprint();
                    }));
                }
                Set<String> different = new HashSet<>(Set.of(new FieldHash(settings).fingerprint()));
                for (Future<String> key : keys) {
                    different.add(key.get());
                }
                assertThat(different).as("keys in round " + round).hasSize(1);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 31})
    void aShortKeyEndsTheStart(int length) throws Exception {
        Path file = Files.write(folder.resolve("ledger.key"), new byte[length]);
        assertThatThrownBy(() -> new FieldHash(settings(folder))).isInstanceOf(CannotStartException.class)
                .hasMessageContaining(file.toString()).hasMessageContaining(length + " bytes");
        assertThat(Files.size(file)).as("nothing is thrown away").isEqualTo(length);
    }

    @Test
    void aKeyThatCanNotBeReadEndsTheStartInWords() throws Exception {
        Path file = Files.createDirectory(folder.resolve("ledger.key"));
        assertThatThrownBy(() -> new FieldHash(settings(folder))).isInstanceOf(CannotStartException.class)
                .hasMessageContaining(file.toString()).hasMessageContaining("can't be read");
    }

    private static SyncSettings settings(Path data) {
        return new Binder(new MapConfigurationPropertySource(Map.of("sync.data-dir", data.toString(),
                "sync.mappings.default", "mappings/lead.jslt"))).bind("sync", SyncSettings.class).get();
    }
}
