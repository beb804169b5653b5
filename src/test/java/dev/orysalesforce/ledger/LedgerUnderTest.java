package dev.orysalesforce.ledger;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.test.context.DynamicPropertyRegistry;

/**
 * Which database the tests keep their ledger in: SQLite, or PostgreSQL with {@code -Dledger=postgresql}. Without a
 * PostgreSQL to start they are skipped, except in CI and in the nightly build.
 */
public final class LedgerUnderTest implements ExecutionCondition {

    private static final boolean POSTGRESQL = "postgresql".equals(System.getProperty("ledger"));
    private static final String NONE = "There is no PostgreSQL here to keep the ledger in: apt-get install postgresql-15";

    public static void settings(DynamicPropertyRegistry registry) {
        if (POSTGRESQL) {
            registry.add("spring.datasource.url", PostgreSqlServer.shared()::url);
            registry.add("sync.ledger.key", () -> "one key for all who share a ledger");
        }
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext test) {
        return !POSTGRESQL || isPostgreSqlHere()
                ? ConditionEvaluationResult.enabled("There is a " + (POSTGRESQL ? "PostgreSQL" : "SQLite"))
                : ConditionEvaluationResult.disabled(NONE);
    }

    /** @throws IllegalStateException if there is none where no test may be skipped */
    static boolean isPostgreSqlHere() {
        boolean here = PostgreSqlServer.installed().isPresent();
        if (!here && ("true".equals(System.getenv("CI")) || Boolean.getBoolean("nightly"))) {
            throw new IllegalStateException(NONE);
        }
        return here;
    }
}
