package dev.orysalesforce.match;

import dev.orysalesforce.salesforce.Describe;
import dev.orysalesforce.salesforce.Describe.Field;
import dev.orysalesforce.salesforce.PersonObject;
import dev.orysalesforce.settings.SyncSettings;
import dev.orysalesforce.settings.SyncSettings.MatchEmail;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Knows whether records of an object can be found by e-mail. Shield Platform Encryption may not let a query filter by the
 * address; then Salesforce refuses the query, and describes the field as not filterable. Records of that object are not matched
 * by e-mail meanwhile; everything else goes on.
 *
 * @see <a href="https://help.salesforce.com/s/articleView?id=005316516">Encrypted fields in queries</a>
 */
@Component("emailMatching")
public class EmailMatching implements HealthIndicator {

    private static final Duration GOOD_FOR = Duration.ofDays(1);

    /** A query that is refused for another reason is sent again and again; it must not cost a description each time. */
    private static final Duration BETWEEN_CHECKS = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(EmailMatching.class);

    private final boolean isWanted;
    private final Describe org;
    private final Clock monotonicClock;
    private final Map<String, Check> checks = new ConcurrentHashMap<>();

    private record Check(boolean filterable, Instant at) {}

    EmailMatching(SyncSettings settings, Describe org, Clock monotonicClock) {
        this.isWanted = settings.matchEmail() != MatchEmail.NEVER;
        this.org = org;
        this.monotonicClock = monotonicClock;
    }

    /** Only after a refusal does it take a description of the org, at most one a day. */
    boolean isPossible(String object) {
        Check last = checks.get(object);
        return isWanted && (last == null || last.filterable() || check(object, GOOD_FOR));
    }

    /**
     * Salesforce has refused a query that filters by the address, perhaps because of it. The org may have been described before
     * it began to encrypt, so its description is read anew.
     *
     * @return whether a query without the address can succeed
     */
    boolean isTurnedOff(String object) {
        Check last = checks.get(object);
        boolean isDue = last == null || last.at().plus(BETWEEN_CHECKS).isBefore(monotonicClock.instant());
        return isWanted && (last == null || last.filterable()) && isDue && !check(object, Duration.ZERO);
    }

    private boolean check(String object, Duration goodFor) {
        Field email = org.fields(object, goodFor).get(PersonObject.emailField(object));
        boolean filterable = email == null || email.filterable(); // one that is hidden can't be read either
        Check before = checks.put(object, new Check(filterable, monotonicClock.instant()));
        if (!filterable && (before == null || before.filterable())) {
            LOG.warn("Salesforce does not let queries filter by {}.{}, which it encrypts: no {} is adopted by its address",
                    object, PersonObject.emailField(object), object);
        } else if (filterable && before != null && !before.filterable()) {
            LOG.info("Salesforce lets queries filter by {}.{} again", object, PersonObject.emailField(object));
        }
        return filterable;
    }

    /** UP in any case: an org may want it so. */
    @Override
    public Health health() {
        List<String> off = checks.entrySet().stream().filter(check -> !check.getValue().filterable())
                .map(check -> check.getKey() + "." + PersonObject.emailField(check.getKey())).sorted().toList();
        return off.isEmpty() ? Health.up().build() : Health.up().withDetail("off", off)
                .withDetail("reason", "The org encrypts these fields, so that no query can filter by them. Existing records are"
                        + " found by their Ory ID only, and not adopted by their address.")
                .withDetail("remedy", "Setup > Encryption Policy: choose the deterministic scheme, not case-sensitive, for these"
                        + " fields. If it has to stay so, set SYNC_MATCH_EMAIL=never.")
                .build();
    }
}
