package dev.orysalesforce.ledger;

import dev.orysalesforce.Tool;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.test.context.DynamicPropertyRegistry;

/**
 * The database of the ledger in tests: SQLite, or PostgreSQL with {@code -Dledger=postgresql}. Without a PostgreSQL to start
 * they are skipped, except in the nightly build ({@link Tool}).
 */
public final class LedgerUnderTest implements ExecutionCondition {

    private static final boolean POSTGRESQL = "postgresql".equals(System.getProperty("ledger"));

    public static void settings(DynamicPropertyRegistry registry) {
        if (POSTGRESQL) {
            registry.add("spring.datasource.url", PostgreSqlServer.shared()::url);
            registry.add("sync.ledger.key", () -> "one key for all who share a ledger");
            // A schema for each application of this JVM: an idle one would continue a comparison that another has begun.
            registry.add("spring.datasource.hikari.connection-init-sql",
                    () -> "create schema if not exists \"${test.context:shared}\"; set search_path to \"${test.context:shared}\"");
        }
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext test) {
        if (!POSTGRESQL || Tool.POSTGRESQL.isAvailable()) {
            return ConditionEvaluationResult.enabled("There is a " + (POSTGRESQL ? "PostgreSQL" : "SQLite"));
        }
        return ConditionEvaluationResult.disabled(Tool.POSTGRESQL.missing());
    }
}
