package dev.orysalesforce.sync;

import dev.orysalesforce.settings.SyncSettings;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** What the routes of sync name by reference. */
@Configuration
class SyncConfiguration {

    /**
     * One failed batch opens it, one good batch closes it. The pauses in between grow, which Camel's own configuration
     * of a circuit breaker can't say.
     */
    @Bean
    CircuitBreaker salesforceBreaker(SyncSettings settings, Clock monotonicClock) {
        SyncSettings.BackOff backOff = settings.backOff();
        IntervalFunction growing = IntervalFunction.ofExponentialRandomBackoff(
                backOff.initial(), backOff.multiplier(), backOff.jitter());
        return CircuitBreaker.of("salesforce", CircuitBreakerConfig.custom()
                .slidingWindowSize(1)
                .minimumNumberOfCalls(1)
                .failureRateThreshold(100)
                .permittedNumberOfCallsInHalfOpenState(1)
                .clock(monotonicClock)
                .waitIntervalFunctionInOpenState(attempt -> Math.min(growing.apply(attempt), backOff.max().toMillis()))
                .build());
    }

    @Bean
    SyncSettings.Duplicates duplicates(SyncSettings settings) {
        return settings.duplicates();
    }

    /** As many threads as calls may be in flight. */
    @Bean(destroyMethod = "shutdown", defaultCandidate = false)
    ExecutorService salesforceCalls(SyncSettings settings) {
        return threads("salesforce-calls", settings.parallelCalls());
    }

    /** As many portions of a batch as keep the calls going: a few wait for a look-up or are mapped. */
    @Bean(destroyMethod = "shutdown", defaultCandidate = false)
    ExecutorService portionThreads(SyncSettings settings) {
        return threads("portions", settings.parallelCalls() + 2);
    }

    /** Mapping is the only work of a batch that costs processor time. */
    @Bean(destroyMethod = "shutdown", defaultCandidate = false)
    ExecutorService mappingThreads() {
        return threads("mapping-rows", Runtime.getRuntime().availableProcessors());
    }

    /** Not Camel's own pools: where there are virtual threads, those have no limit. */
    private static ExecutorService threads(String name, int count) {
        return Executors.newFixedThreadPool(count, new CustomizableThreadFactory(name + "-"));
    }
}
