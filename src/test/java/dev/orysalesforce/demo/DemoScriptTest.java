package dev.orysalesforce.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orysalesforce.AppTest;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class DemoScriptTest extends AppTest {

    @Autowired
    private EmbeddedActiveMQ broker;

    @Test
    void theDemoPrintsTheOutcomeOfEachSample() {
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        new DemoScript(ory, SALESFORCE, broker, jms, json).tell(new PrintStream(told, true, StandardCharsets.UTF_8));
        List<String> lines = told.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(line(lines, "Ada signs up")).contains("204", "Lead created: Ada Lovelace");
        assertThat(line(lines, "Ada marries")).contains("204", "Lead updated: Ada King, ada@king.example.org");
        assertThat(line(lines, "Sinéad")).contains("Lead created: Sinéad O'Brien-Müller");
        assertThat(line(lines, "Åsa")).contains("204", "dead letter INVALID_EMAIL_ADDRESS");
        assertThat(line(lines, "Edith")).contains("422", "dead letter IDENTITY_NOT_STORED");
        assertThat(line(lines, "A Salesforce record")).contains("400", "dead letter NO_IDENTITY");
        assertThat(line(lines, "An event near 64 KiB")).contains("400", "dead letter UNREADABLE_BODY");
        assertThat(SALESFORCE.org().records("Lead")).hasSize(7);
    }

    private static String line(List<String> lines, String start) {
        return lines.stream().filter(line -> line.strip().startsWith(start)).findFirst().orElseThrow();
    }
}
