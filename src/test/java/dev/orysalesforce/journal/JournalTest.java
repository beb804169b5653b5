package dev.orysalesforce.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.orysalesforce.settings.SyncSettings;
import jakarta.jms.ConnectionFactory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.boot.autoconfigure.jms.JmsAutoConfiguration;
import org.springframework.boot.autoconfigure.jms.artemis.ArtemisAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.jms.core.JmsTemplate;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** The journal by itself, on a broker configured like the app's. */
@SpringBootTest(classes = {JournalConfiguration.class, JournalCount.class, Journal.class, DeadLetterReader.class,
    JournalTest.RealTime.class}, webEnvironment = SpringBootTest.WebEnvironment.NONE)
@ImportAutoConfiguration({ArtemisAutoConfiguration.class, JmsAutoConfiguration.class, JacksonAutoConfiguration.class})
@EnableConfigurationProperties(SyncSettings.class)
@DirtiesContext
class JournalTest {

    private static final int EVENTS = 400;
    private static final long APART = 10;

    @TempDir
    private static Path folder;

    @Autowired
    private ConnectionFactory connections;
    @Autowired
    private Journal journal;

    static class RealTime {

        @Bean
        Clock clock() {
            return Clock.systemUTC();
        }
    }

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        registry.add("sync.data-dir", folder::toString);
        registry.add("sync.linger", () -> "300ms");
        registry.add("ORY_WEBHOOK_SECRET", () -> "not used");
        registry.add("SALESFORCE_LOGIN_URL", () -> "https://not-used.example");
        registry.add("SALESFORCE_CLIENT_ID", () -> "not used");
        registry.add("SALESFORCE_CLIENT_SECRET", () -> "not used");
    }

    /** For 4 s there is always one more event. */
    @Test
    void aBatchIsSentOnceItsFirstEventHasWaitedForTheLinger() {
        sendOneAfterTheOther();
        List<IdentityChange> batch = await().until(() -> journal.take(EVENTS), taken -> !taken.isEmpty());
        assertThat(batch.size()).as("all of them, if it waited for a gap").isLessThan(EVENTS);
    }

    /** The broker delivers them at their times, so that no pause of this test makes a gap. */
    private void sendOneAfterTheOther() {
        JmsTemplate sender = new JmsTemplate(connections);
        sender.setExplicitQosEnabled(true);
        sender.setDeliveryPersistent(false);
        long begin = System.currentTimeMillis() + 5_000; // sent by then, on a busy machine, too
        for (int i = 0; i < EVENTS; i++) {
            sender.setDeliveryDelay(Math.max(0, begin + i * APART - System.currentTimeMillis()));
            sender.convertAndSend(Queues.JOURNAL, "{}");
        }
    }
}
