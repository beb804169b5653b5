package dev.orysalesforce.ledger;

import com.zaxxer.hikari.HikariDataSource;
import dev.orysalesforce.settings.CannotStartException;
import dev.orysalesforce.settings.SyncSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.flyway.FlywayMigrationStrategy;
import org.springframework.boot.autoconfigure.jdbc.DataSourceProperties;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.IgnoreErrorsBindHandler;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Opens the ledger, or explains why it can't be opened. */
@Configuration
class LedgerConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(LedgerConfiguration.class);
    private static final String REMEDY = """
            If it is a database server: start it, or correct spring.datasource.url, user and password.
            If it is a file: put a backup of the data directory in its place, or delete ledger.db* and start again.
            Deleting it loses no event and no record. It costs one look-up in Salesforce for each identity at its
            next event, that event then sends all fields of the record, and people who were erased but still exist
            at Ory come back.""";

    @Bean
    FlywayMigrationStrategy soundLedger(DataSource dataSource, FieldHash hash,
            @Value("${spring.datasource.url}") String url) {
        return flyway -> {
            try {
                if (url.startsWith("jdbc:sqlite:")) {
                    check(JdbcClient.create(dataSource));
                }
                boolean isEmpty = flyway.info().applied().length == 0;
                flyway.migrate();
                if (isEmpty && hash.isOfEarlierStart()) {
                    LOG.warn("The ledger is empty, but its key is of an earlier start. Unless the ledger was deleted on purpose, put"
                            + " a backup in its place. Without one, each identity is looked up once more, and identities that were erased,"
                            + " but still exist at Ory, come back");
                }
            } catch (RuntimeException e) {
                throw unusable(url, "opened: " + NestedExceptionUtils.getMostSpecificCause(e), e);
            }
            new LedgerOwnership(JdbcClient.create(dataSource)).claim("key", hash.fingerprint(),
                    (ledger, ours) -> unusable(url,
                            "used: It was made with another key than the one in the data directory (ledger.key) or in"
                                    + " SYNC_LEDGER_KEY, so that every field would look changed.",
                            null));
        };
    }

    private static CannotStartException unusable(String url, String reason, Throwable cause) {
        return new CannotStartException("The ledger " + url + " can't be " + reason, REMEDY, cause);
    }

    private static void check(JdbcClient jdbc) {
        List<String> findings = jdbc.sql("pragma quick_check(1)").query(String.class).list();
        if (!findings.equals(List.of("ok"))) {
            throw new IllegalStateException("quick_check: " + findings);
        }
    }

    /** The batch's transaction is the journal's; the ledger has short transactions of its own. */
    @Bean
    TransactionTemplate ledgerTransaction(DataSource dataSource) {
        return new TransactionTemplate(new JdbcTransactionManager(dataSource));
    }

    /**
     * As Spring Boot's; but SQLite creates the file only, not its folder. An {@code application.yaml} of an older version says
     * {@code connection-timeout: 3s}, which Hikari can't read; it must not end the start.
     */
    @Bean
    DataSource dataSource(DataSourceProperties properties, SyncSettings settings, Environment environment) throws IOException {
        Files.createDirectories(Path.of(settings.dataDir()));
        HikariDataSource pool = properties.initializeDataSourceBuilder().type(HikariDataSource.class).build();
        Binder.get(environment).bind("spring.datasource.hikari", Bindable.ofInstance(pool), new IgnoreErrorsBindHandler());
        return pool;
    }
}
