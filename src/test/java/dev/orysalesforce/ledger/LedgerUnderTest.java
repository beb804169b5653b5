package dev.orysalesforce.ledger;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.test.context.DynamicPropertyRegistry;

/**
 * Which database the tests keep their ledger in: SQLite, or PostgreSQL with {@code -Dledger=postgresql}. Without a
 * PostgreSQL to start they are skipped, except in CI.
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
        if (!POSTGRESQL || PostgreSqlServer.installed().isPresent()) {
            return ConditionEvaluationResult.enabled("There is a " + (POSTGRESQL ? "PostgreSQL" : "SQLite"));
        }
        if ("true".equals(System.getenv("CI"))) {
            throw new IllegalStateException(NONE);
        }
        return ConditionEvaluationResult.disabled(NONE);
    }
}
