package dev.orysalesforce.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.Ory;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.sandbox.ory.OryAdminSandbox;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** A damaged disk or an incomplete backup: what the journal lost is counted, and a comparison brings it back. */
@Tag("nightly")
class DamagedJournalIT {

    private static final String TOKEN = "first-operator-token";
    private static final int EVENTS = 20;

    private interface Damage {
        void to(Path journal) throws IOException;
    }

    @Test
    void eventsInTheSecondHalfOfAFileAreLostAndComeBack(@TempDir Path folder) throws IOException {
        assertThat(lost(folder, journal -> {
            Path newest = newest(journal);
            try (RandomAccessFile file = new RandomAccessFile(newest.toFile(), "rw")) {
                file.setLength(used(newest) / 2);
            }
        })).isPositive();
    }

    @Test
    void aJournalWithoutItsBindingsHasLostAllOfThem(@TempDir Path folder) throws IOException {
        assertThat(lost(folder, journal -> FileSystemUtils.deleteRecursively(journal.resolve("bindings")))).isEqualTo(EVENTS);
    }

    @Test
    void aKillInventsNoLoss(@TempDir Path folder) throws Exception {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start(); AppProcess app = new AppProcess(folder, salesforce).start()) {
            for (int round = 0; round < 2; round++) {
                AtomicBoolean isDown = new AtomicBoolean();
                AtomicInteger accepted = new AtomicInteger();
                for (int sender = 0; sender < 4; sender++) {
                    CompletableFuture.runAsync(() -> {
                        while (!isDown.get()) {
                            app.ory().sends("registration", Ory.identity(UUID.randomUUID().toString(), Instant.now(), "Person"));
                            accepted.incrementAndGet();
                        }
                    });
                }
                await().until(() -> accepted.get() >= 200);
                app.kill();
                isDown.set(true);
                app.start();
                assertThat(new ObjectMapper().readTree(app.health()).at("/components/journalLoss/status").asText()).isEqualTo("UP");
            }
        }
    }

    @Test
    void overwrittenFilesEndTheStartWithARemedy(@TempDir Path folder) throws IOException {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start(); AppProcess app = new AppProcess(folder, salesforce).start()) {
            app.kill();
            try (Stream<Path> files = Files.list(folder.resolve("data/journal/bindings"))) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
                        bytes.write("x".repeat(600).getBytes());
                    }
                }
            }
            int before = app.log().length();
            assertThat(app.runToItsEnd()).isNotZero();
            assertThat(app.log().substring(before)).contains("The journal in ").contains("can't be read")
                    .contains("POST /api/reconcile");
        }
    }

    private static long lost(Path folder, Damage damage) throws IOException {
        try (SalesforceSandbox salesforce = SalesforceSandbox.start();
                OryAdminSandbox ory = OryAdminSandbox.start();
                AppProcess app = new AppProcess(folder, salesforce).with("OPERATOR_TOKEN", TOKEN)
                        .with("ORY_ADMIN_URL", ory.url()).with("SYNC_RECONCILE_EVERY", "0").with("SYNC_BACK_OFF_MAX", "2s")
                        .start()) {
            List<String> ids = ory.project().addMany(EVENTS, i -> Map.of("email", "p" + i + "@example.org", "last_name", "Person"));
            salesforce.unplug();
            ids.forEach(id -> assertThat(app.ory().sends("registration", Ory.identity(id, Instant.now(), "Person")).statusCode())
                    .isEqualTo(204));
            app.kill();
            damage.to(folder.resolve("data/journal"));
            app.start();

            JsonNode count = new ObjectMapper().readTree(app.health()).at("/components/journalLoss");
            long lost = count.at("/details/lost").asLong();
            long waiting = new ObjectMapper().readTree(app.operator(TOKEN).get("/api/status").body()).at("/balance/pending").asLong();
            assertThat(lost).isEqualTo(EVENTS - waiting);
            salesforce.plugIn();
            assertThat(app.operator(TOKEN).post("/api/reconcile", "").statusCode()).isEqualTo(202);
            await().until(() -> ids.stream().allMatch(id -> salesforce.org().byIdentity(id).size() == 1));
            await().until(() -> !app.health().contains("\"lost\""));
            return lost;
        }
    }

    private static Path newest(Path journal) throws IOException {
        try (Stream<Path> files = Files.walk(journal.resolve("journal"))) {
            return files.filter(file -> file.toString().endsWith(".amq")).max((one, other) -> Long.compare(used(one), used(other)))
                    .orElseThrow();
        }
    }

    /** The files have their full size from the beginning; what is not written is zero. */
    private static long used(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            int end = bytes.length;
            while (end > 0 && bytes[end - 1] == 0) {
                end--;
            }
            return end;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
