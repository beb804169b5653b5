package dev.orysalesforce;

import dev.orysalesforce.command.Commands;
import java.util.Set;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Keeps Salesforce Leads and Contacts in step with Ory identities. The flow is in {@code routes/}. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class OrySalesforceSync {

    private static final Set<String> HELP = Set.of("-h", "--help");

    public static void main(String[] args) {
        SpringApplication app = new SpringApplication(OrySalesforceSync.class);
        if (args.length > 0 && (!args[0].startsWith("-") || HELP.contains(args[0]))) {
            System.exit(Commands.run(app, args));
        }
        try {
            app.run(args);
        } catch (RuntimeException alreadyReported) {
            System.exit(1); // otherwise a thread of the broker keeps the process alive, and no supervisor restarts it
        }
    }
}
