package dev.orysalesforce;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Keeps Salesforce Leads and Contacts in step with Ory identities. The flow is in {@code routes/}. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class OrySalesforceSync {

    public static void main(String[] args) {
        try {
            SpringApplication.run(OrySalesforceSync.class, args);
        } catch (RuntimeException alreadyReported) {
            System.exit(1); // a thread of the broker would keep a failed start alive, and nobody would restart it
        }
    }
}
