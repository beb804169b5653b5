package dev.orysalesforce.ledger;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.orysalesforce.Tool;
import dev.orysalesforce.settings.SyncSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.List;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.flyway.FlywayAutoConfiguration;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.DataSourceAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcClientAutoConfiguration;
import org.springframework.boot.autoconfigure.jdbc.JdbcTemplateAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The databases for a ledger, without the other parts of the app: every class with SQL has a test that runs on each of them.
 */
public enum LedgerDatabase {

    SQLITE {
        @Override
        List<String> properties() {
            return List.of();
        }
    },

    POSTGRESQL {
        @Override
        List<String> properties() {
            return List.of("spring.datasource.url=" + PostgreSqlServer.shared().url(),
                    "sync.ledger.key=one key for all who share a ledger");
        }
    };

    private static final List<String> TABLES =
            List.of("identities", "sightings", "reconcile_run", "tombstones", "turns", "audit", "dead_letters", "activity",
                    "api_calls", "alerts", "alert_codes", "parents", "children", "one_way_edits", "confirmed_mappings");

    private ConfigurableApplicationContext context;

    /** No {@code @Configuration}: the app itself would find it. */
    @ImportAutoConfiguration({DataSourceAutoConfiguration.class, JdbcTemplateAutoConfiguration.class,
        JdbcClientAutoConfiguration.class, FlywayAutoConfiguration.class, JacksonAutoConfiguration.class})
    @EnableConfigurationProperties(SyncSettings.class)
    @Import({LedgerConfiguration.class, FieldHash.class, Ledger.class, Tombstones.class, Audit.class, DeadLetterIndex.class, Activity.class,
        BoundedLookup.class,
        LedgerOwnership.class, ParentLedger.class, ChildLedger.class, OneWayLedger.class, StoredHashes.class})
    static class LedgerOnly {

        @Bean
        Clock clock() {
            return Clock.systemUTC();
        }
    }

    abstract List<String> properties();

    /** The databases that can be started here; in the nightly build a missing one is a failure. */
    public static List<LedgerDatabase> available() {
        return Tool.POSTGRESQL.isAvailable() ? List.of(values()) : List.of(SQLITE);
    }

    /** Deletes the data of earlier tests. */
    public LedgerDatabase empty() {
        TABLES.forEach(table -> sql().update("delete from " + table));
        return this;
    }

    public JdbcTemplate sql() {
        return bean(JdbcTemplate.class);
    }

    public JdbcClient jdbc() {
        return bean(JdbcClient.class);
    }

    public TransactionTemplate transaction() {
        return bean(TransactionTemplate.class);
    }

    public SyncSettings settings() {
        return bean(SyncSettings.class);
    }

    ObjectMapper json() {
        return bean(ObjectMapper.class);
    }

    synchronized <T> T bean(Class<T> type) {
        if (context == null) {
            context = start();
        }
        return context.getBean(type);
    }

    private ConfigurableApplicationContext start() {
        try {
            SpringApplicationBuilder ledger = new SpringApplicationBuilder(LedgerOnly.class).web(WebApplicationType.NONE)
                    .properties(properties().toArray(String[]::new));
            return ledger.run("--sync.data-dir=" + Files.createTempDirectory("ledger"),
                    "--ORY_WEBHOOK_SECRET=not used by the ledger", "--SALESFORCE_LOGIN_URL=https://not-used.example",
                    "--SALESFORCE_CLIENT_ID=not used", "--SALESFORCE_CLIENT_SECRET=not used");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
