package dev.orysalesforce.console;

import dev.orysalesforce.reconcile.ReconcileReport;
import dev.orysalesforce.write.ObjectPauses;
import dev.orysalesforce.write.OneWayEdits;
import java.time.Instant;
import java.util.List;

/**
 * The state of the app at one moment. A count is null if the broker does not tell it.
 *
 * @param pause null if delivery is not paused
 * @param objectPauses objects whose records Salesforce refuses, while the others go on
 * @param edit an edit of the mappings that waits for its confirmation; null if none does
 * @param sentence how many identities are in step
 * @param lastDay null if the ledger does not answer
 * @param waiting events in the journal
 * @param oldestWaiting how long the oldest of them has waited; null if none does
 * @param letters dead letters
 * @param findings what the doctor has found in the set-up; null if it was not checked since the start
 * @param version of the app
 * @param startedAt when it was started
 * @param uptime how long that was ago
 */
record Overview(Pause pause, List<ObjectPauses.Current> objectPauses, OneWayEdits.Held edit, String sentence, EventCharts.LastDay lastDay,
        Long waiting,
        String oldestWaiting, Long letters, Calls calls, ReconcileReport.Glance comparison, Integer findings, String version,
        Instant startedAt,
        String uptime) {

    /**
     * @param reason what happened, and what to check
     * @param since when it began
     */
    record Pause(String reason, Instant since) {}

    /**
     * Calls to Salesforce in the last 24 hours.
     *
     * @param own calls of the app
     * @param share how many it may make; null until Salesforce has told the org's limit
     * @param used calls of all programs in the org
     * @param limit how many they may make
     * @param exhaustedIn when the share is used up at the present rate; null if it lasts for the day
     */
    record Calls(long own, Long share, Long used, Long limit, String exhaustedIn) {}
}
