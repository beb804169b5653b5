package dev.orysalesforce.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.Ory;
import dev.orysalesforce.OrySalesforceSync;
import dev.orysalesforce.console.Browser;
import dev.orysalesforce.doctor.SetUpChecks;
import dev.orysalesforce.operator.Operator;
import dev.orysalesforce.sandbox.FieldRule;
import dev.orysalesforce.sandbox.SalesforceSandbox;
import dev.orysalesforce.sandbox.ory.OryAdminSandbox;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jms.core.JmsTemplate;

/** {@code mvn spring-boot:test-run}: the app on embedded defaults, with the sandbox as Salesforce. */
public final class Demo {

    private static final String SECRET = "demo-webhook-secret";
    private static final String OPERATOR_TOKEN = "demo-operator-token";
    private static final int SANDBOX_PORT = 8089;

    private Demo() {}

    public static void main(String[] args) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println("\n  Starting ory-salesforce-sync beside a Salesforce sandbox ...");
        SalesforceSandbox salesforce = SalesforceSandbox.start(SANDBOX_PORT);
        salesforce.org().schema("Lead").put(FieldRule.text("UTM_Source__c", 255)); // docs/walk-throughs.md writes it
        OryAdminSandbox identities = OryAdminSandbox.start();
        SpringApplication app = new SpringApplication(OrySalesforceSync.class);
        ConfigurableApplicationContext context = app.run(
                "--ORY_WEBHOOK_SECRET=" + SECRET,
                "--OPERATOR_TOKEN=" + OPERATOR_TOKEN,
                "--SALESFORCE_LOGIN_URL=" + salesforce.url(),
                "--SALESFORCE_CLIENT_ID=" + salesforce.clientId(),
                "--SALESFORCE_CLIENT_SECRET=" + salesforce.clientSecret(),
                "--ORY_ADMIN_URL=" + identities.url(),
                "--sync.data-dir=" + Files.createTempDirectory("ory-salesforce-sync-demo"),
                "--sync.doctor-at-start=false", // it would warn about features that the sandbox lacks
                "--sync.linger=100ms", // so that events are sent at once
                "--logging.level.root=WARN",
                "--logging.level.dev.orysalesforce.reload=INFO",
                "--logging.level.receive=INFO");
        int port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        String address = "http://127.0.0.1:" + port;
        Browser browser = new Browser(port);
        browser.logIn(OPERATOR_TOKEN);
        new DemoScript(new Ory(address, SECRET), identities.project(), new Operator(port, OPERATOR_TOKEN), browser,
                context.getBean(SetUpChecks.class),
                salesforce, context.getBean(EmbeddedActiveMQ.class), context.getBean(JmsTemplate.class),
                context.getBean(ObjectMapper.class)).tell(out);
        out.printf("""
                  Open the console in a browser
                    address                         %2$s/console
                    log in with the token           %5$s
                    on Identities, search for       %6$s, who is in Salesforce
                                                    %7$s, who is missing there

                  Look at it
                    the records in Salesforce       %1$s/
                    every write, every call         %1$s/sandbox/writes  %1$s/sandbox/calls
                    health                          http://127.0.0.1:%3$s/observe/health
                    metrics                         http://127.0.0.1:%3$s/observe/metrics
                    dead letters                    curl -H 'Authorization: Bearer %5$s' %2$s/api/dead-letters
                    Hawtio                          http://127.0.0.1:%3$s/observe/hawtio/  (operator, %5$s)
                    take Salesforce down, and up    curl -X POST %1$s/sandbox/faults/down
                                                    curl -X POST %1$s/sandbox/faults/up

                  Send an event of your own (change the name, send it again)
                    curl -i %2$s/webhooks/ory/registration -H 'X-Webhook-Secret: %4$s' -H 'Content-Type: application/json' \\
                      -d '{"identity":{"id":"11111111-2222-4333-8444-555555555555","traits":{"email":"you@example.org","name":{"first":"Your","last":"Name"}}}}'

                  It keeps running; Ctrl+C ends it.
                """, salesforce.url(), address, context.getEnvironment().getProperty("local.management.port"), SECRET, OPERATOR_TOKEN,
                DemoScript.ADDRESS, DemoScript.REFUSED_ADDRESS);
    }
}
