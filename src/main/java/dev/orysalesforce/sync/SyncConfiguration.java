package dev.orysalesforce.sync;

import dev.orysalesforce.settings.SyncSettings;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** Beans that the sync routes name by reference. */
@Configuration
class SyncConfiguration {

    /**
     * One failed batch opens the circuit, one successful batch closes it. The pauses in between grow, which Camel's own
     * configuration of a circuit breaker can't express.
     */
    @Bean
    CircuitBreaker salesforceBreaker(OperatorProbe pauses, Clock monotonicClock) {
        return CircuitBreaker.of("salesforce", CircuitBreakerConfig.custom()
                .slidingWindowSize(1)
                .minimumNumberOfCalls(1)
                .failureRateThreshold(100)
                .permittedNumberOfCallsInHalfOpenState(1)
                .clock(monotonicClock)
                .waitIntervalFunctionInOpenState(failures -> pauses.pauseAfter(failures).toMillis())
                .build());
    }

    @Bean
    SyncSettings.Duplicates duplicates(SyncSettings settings) {
        return settings.duplicates();
    }

    /** One thread for each call in flight. */
    @Bean(destroyMethod = "shutdown", defaultCandidate = false)
    ExecutorService salesforceCalls(SyncSettings settings) {
        return threads("salesforce-calls", settings.parallelCalls());
    }

    /** Enough portions to keep all calls busy: a few wait for a look-up or are being mapped. */
    @Bean(destroyMethod = "shutdown", defaultCandidate = false)
    ExecutorService portionThreads(SyncSettings settings) {
        return threads("portions", settings.parallelCalls() + 2);
    }

    /** Mapping is the only part of a batch that needs much processor time. */
    @Bean(destroyMethod = "shutdown", defaultCandidate = false)
    ExecutorService mappingThreads() {
        return threads("mapping-rows", Runtime.getRuntime().availableProcessors());
    }

    /** Of comparisons of mappings, so that they leave a processor, and the threads of a batch, to the batch. */
    @Bean(destroyMethod = "shutdown", defaultCandidate = false)
    ExecutorService diffThreads() {
        return threads("mapping-diff-rows", Math.max(1, Runtime.getRuntime().availableProcessors() - 1));
    }

    /** Camel's own pools are not used, because they have no limit where the JVM has virtual threads. */
    private static ExecutorService threads(String name, int count) {
        return Executors.newFixedThreadPool(count, new CustomizableThreadFactory(name + "-"));
    }
}
