package dev.orysalesforce;

import dev.orysalesforce.command.CommandLine;
import java.util.Optional;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ConfigurableApplicationContext;

/** Keeps Salesforce Leads and Contacts in step with Ory identities. The flow is in {@code routes/}. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class OrySalesforceSync {

    public static void main(String[] args) {
        SpringApplication app = new SpringApplication(OrySalesforceSync.class);
        Optional<CommandLine> command = CommandLine.of(args);
        String[] settings = command.map(given -> given.prepare(app)).orElse(args);
        ConfigurableApplicationContext context = start(app, settings);
        command.ifPresent(given -> {
            int code = given.run(context, System.err);
            System.exit(SpringApplication.exit(context, () -> code));
        });
    }

    private static ConfigurableApplicationContext start(SpringApplication app, String[] settings) {
        try {
            return app.run(settings);
        } catch (RuntimeException alreadyReported) {
            System.exit(1); // otherwise a thread of the broker keeps the process alive, and no supervisor restarts it
            throw alreadyReported;
        }
    }
}
