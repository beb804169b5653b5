package dev.orysalesforce.settings;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;

/**
 * Allows one process per data directory: a second one would wait for the journal's lock. The operating system releases the
 * lock when the process ends, however it ends.
 */
public class DataDirectory implements ApplicationContextInitializer<ConfigurableApplicationContext>, Ordered {

    /** Runs after the required settings, which name the directory. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        if (!context.getEnvironment().getProperty("spring.artemis.embedded.persistent", Boolean.class, true)) {
            return; // a command that only reads
        }
        checkTemporaryDirectory();
        Path directory = Path.of(context.getEnvironment().getRequiredProperty("sync.data-dir"));
        try {
            new PrivateFiles(directory).create();
            FileChannel file = FileChannel.open(directory.resolve("in-use"),
                    StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (file.tryLock() == null) {
                file.close();
                throw new OverlappingFileLockException();
            }
            context.addApplicationListener(event -> {
                if (event instanceof ContextClosedEvent closed && closed.getApplicationContext() == context) {
                    release(file);
                }
            });
        } catch (OverlappingFileLockException e) {
            throw new CannotStartException("Another process of this app uses the data directory " + directory + ".",
                    "To compare all identities in the running app: POST /api/reconcile with the operator token. For a second"
                            + " instance, set another SYNC_DATA_DIR.");
        } catch (IOException e) {
            throw new CannotStartException("The data directory " + directory + " can't be written to: "
                    + e.getClass().getSimpleName() + ".", "Make it writeable, or set another SYNC_DATA_DIR.");
        }
    }

    /** Tomcat and SQLite need one; their own words for its lack are a stack trace. */
    private static void checkTemporaryDirectory() {
        Path directory = Path.of(System.getProperty("java.io.tmpdir"));
        try {
            Files.delete(Files.createTempFile(directory, "ory-salesforce-sync", null));
        } catch (IOException e) {
            throw new CannotStartException("The directory for temporary files, " + directory + ", can't be written to: "
                    + e.getClass().getSimpleName() + ".",
                    "Make it writeable, or set another with -Djava.io.tmpdir=… in"
                            + " JAVA_TOOL_OPTIONS. A container whose root is read-only needs a volume there.");
        }
    }

    private static void release(FileChannel file) {
        try {
            file.close();
        } catch (IOException e) {
            // the end of the process releases it
        }
    }
}
