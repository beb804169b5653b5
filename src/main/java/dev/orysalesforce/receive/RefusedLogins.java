package dev.orysalesforce.receive;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Counts refused operator tokens, people and token clients. Any caller can cause one, so the log has at most one line a minute for each. */
@Component
public class RefusedLogins {

    private static final Logger LOG = LoggerFactory.getLogger(RefusedLogins.class);
    private static final Duration QUIET = Duration.ofMinutes(1);

    private final Clock clock;
    private final Kind operator;
    private final Kind person;
    private final Kind tokenClient;

    RefusedLogins(MeterRegistry meters, Clock clock) {
        this.clock = clock;
        this.operator = new Kind("operator", "An operator token", meters);
        this.person = new Kind("person", "A login to the console by OpenID Connect", meters);
        this.tokenClient = new Kind("token-client", "A client of /oauth2/token", meters);
    }

    public void operator(HttpServletRequest request) {
        operator.refused(request, "", clock.instant());
    }

    /** @param why in a word or two, without anything that the provider or the browser has sent */
    public void person(HttpServletRequest request, String why) {
        person.refused(request, " (" + why + ")", clock.instant());
    }

    public void tokenClient(HttpServletRequest request) {
        tokenClient.refused(request, "", clock.instant());
    }

    private static final class Kind {

        private final String name;
        private final Counter counter;
        private final AtomicReference<Instant> lastTold = new AtomicReference<>(Instant.MIN);

        private Kind(String caller, String name, MeterRegistry meters) {
            this.name = name;
            this.counter = meters.counter("ory.sync.refused.logins", "caller", caller);
        }

        private void refused(HttpServletRequest request, String why, Instant now) {
            counter.increment();
            Instant before = lastTold.get();
            if (before.isBefore(now.minus(QUIET)) && lastTold.compareAndSet(before, now)) {
                LOG.info("{} was refused{}, from {}. Further ones are told once a minute; ory_sync_refused_logins_total counts all.",
                        name, why, request.getRemoteAddr());
            }
        }
    }
}
