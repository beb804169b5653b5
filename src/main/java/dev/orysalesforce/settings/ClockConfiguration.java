package dev.orysalesforce.settings;

import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The only source of the machine's time, so that a test that moves the clock moves the whole app. */
@Configuration
class ClockConfiguration {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** For measuring pauses; injected where the parameter has this name. */
    @Bean
    Clock monotonicClock() {
        return new MonotonicClock(Clock.systemUTC().instant());
    }
}
