package dev.orysalesforce.operator;

import dev.orysalesforce.ledger.Audit;
import dev.orysalesforce.ledger.Audit.Outcome;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Writes to the audit what an operator asks for before it is done, and how it ended, for the operator API and for the console.
 * The log has a line for what was done. Both hold IDs and the person, or the caller's address; no traits.
 */
@Component
class ActRecorder {

    private static final Logger LOG = LoggerFactory.getLogger(ActRecorder.class);

    private final Audit audit;

    /** An act that is in the audit. */
    interface Begun {

        /**
         * @param status HTTP status of its answer
         * @param result as in {@link Audit#end}
         */
        void end(int status, String result);
    }

    ActRecorder(Audit audit) {
        this.audit = audit;
    }

    /**
     * @param actor the person, or the operator's address
     * @return to be told how the act ends
     * @throws DataAccessException if the audit can't be written; then the act must not begin
     */
    Begun begin(String actor, Audit.Act act) {
        String entry = audit.begin(actor, act);
        return (status, result) -> {
            audit.end(entry, status < 300 ? Outcome.DONE : status < 500 ? Outcome.REFUSED : Outcome.FAILED, result);
            if (status < 300) {
                LOG.info("The operator {} {}", actor.contains(" at ") ? actor : "at " + actor, act); // a person is at a provider
            }
        };
    }
}
