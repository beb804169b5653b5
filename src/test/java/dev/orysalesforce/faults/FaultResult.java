package dev.orysalesforce.faults;

import java.time.Duration;
import java.util.Map;

/**
 * No promise was broken. All numbers are since the beginning.
 *
 * @param counts of the load, by name
 * @param people who were told of
 * @param writes rows that Salesforce carried out
 * @param calls to Salesforce
 * @param deadLetters bodies with something wrong in them that were kept or refused
 * @param arrived from the last event until nothing was pending
 * @param vitals of the app, afterwards; null if they were not measured
 */
record FaultResult(Map<String, Long> counts, int people, long writes, long calls, long deadLetters, Duration arrived,
        ResourceProbe vitals) {

    long count(String name) {
        return counts.getOrDefault(name, 0L);
    }
}
