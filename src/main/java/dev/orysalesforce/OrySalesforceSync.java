package dev.orysalesforce;

import dev.orysalesforce.command.Commands;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.thymeleaf.ThymeleafAutoConfiguration;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Keeps Salesforce Leads and Contacts in step with Ory identities. The flow is in {@code routes/}. */
@SpringBootApplication(exclude = ThymeleafAutoConfiguration.class) // the console makes its engine at its first page
@ConfigurationPropertiesScan
public class OrySalesforceSync {

    public static void main(String[] args) {
        SpringApplication app = new SpringApplication(OrySalesforceSync.class);
        if (Commands.isMeant(args)) {
            System.exit(Commands.run(app, args));
        }
        try {
            app.run(args);
        } catch (RuntimeException alreadyReported) {
            System.exit(1); // otherwise a thread of the broker keeps the process alive, and no supervisor restarts it
        }
    }
}
