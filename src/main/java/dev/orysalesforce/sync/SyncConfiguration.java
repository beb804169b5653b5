package dev.orysalesforce.sync;

import dev.orysalesforce.settings.SyncSettings;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import java.time.Clock;
import java.util.concurrent.ExecutorService;
import org.apache.camel.CamelContext;
import org.apache.camel.component.jsonata.JsonataFrameBinding;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the routes of sync name by reference. */
@Configuration
class SyncConfiguration {

    /**
     * One failed batch opens it, one good batch closes it. The pauses in between grow, which Camel's own configuration
     * of a circuit breaker can't say.
     */
    @Bean
    CircuitBreaker salesforceBreaker(SyncSettings settings, Clock clock) {
        SyncSettings.BackOff backOff = settings.backOff();
        IntervalFunction growing = IntervalFunction.ofExponentialRandomBackoff(
                backOff.initial(), backOff.multiplier(), backOff.jitter());
        return CircuitBreaker.of("salesforce", CircuitBreakerConfig.custom()
                .slidingWindowSize(1)
                .minimumNumberOfCalls(1)
                .failureRateThreshold(100)
                .permittedNumberOfCallsInHalfOpenState(1)
                .clock(clock)
                .waitIntervalFunctionInOpenState(attempt -> Math.min(growing.apply(attempt), backOff.max().toMillis()))
                .build());
    }

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    SyncSettings.Duplicates duplicates(SyncSettings settings) {
        return settings.duplicates();
    }

    /** JSONata alone of the mapping languages stops by itself. */
    @Bean
    JsonataFrameBinding mappingBounds(SyncSettings settings) {
        long limit = MappingLimit.PATIENCE * settings.mappingTimeout().toMillis();
        return frame -> frame.setRuntimeBounds(limit, Integer.MAX_VALUE);
    }

    /** As many threads as calls may be in flight. */
    @Bean(destroyMethod = "shutdown", defaultCandidate = false)
    ExecutorService salesforceCalls(CamelContext camel, SyncSettings settings) {
        return camel.getExecutorServiceManager().newFixedThreadPool(this, "salesforce-calls", settings.parallelCalls());
    }

    /** Mapping is the only work of a batch that costs processor time. */
    @Bean(destroyMethod = "shutdown", defaultCandidate = false)
    ExecutorService mappingThreads(CamelContext camel) {
        return camel.getExecutorServiceManager()
                .newFixedThreadPool(this, "mapping", Runtime.getRuntime().availableProcessors());
    }
}
