package dev.orysalesforce.property;

import dev.orysalesforce.sandbox.Fault;
import java.time.Duration;
import java.util.function.Supplier;

/** A step of a history. People are numbers. */
sealed interface Step {

    /** Ory sends a webhook: for the first time, again, or late. */
    record Tell(int person, int state, String event, boolean verified, String campaign) implements Step {}

    /** The next calls fail. */
    record Disturb(Trouble trouble, int calls) implements Step {}

    /** Salesforce rejects the person's next records. */
    record Refuse(int person, String code, int rows) implements Step {}

    /** Continues once such a record was rejected. */
    record Feel() implements Step {}

    record ExpireTokens() implements Step {}

    /** Salesforce works again. */
    record Heal() implements Step {}

    /** Sales corrects a field of the person, at a quiet moment. */
    record Correct(int person, String field) implements Step {}

    /** Sales edits a field that Ory does not know, at any moment. */
    record Note(int person) implements Step {}

    /** Sales converts the person's Lead, at any moment. */
    record Convert(int person, boolean carryingTheId) implements Step {}

    /**
     * Sales merges the person's record into another one, at a quiet moment.
     *
     * @param intoAStranger whether that one belongs to another identity
     */
    record Merge(int person, boolean intoAStranger) implements Step {}

    /** Sales deletes the person's record, at a quiet moment. */
    record Delete(int person) implements Step {}

    record Replay() implements Step {}

    /** SIGKILL and a new start. */
    record Kill(boolean duringACall, boolean losingTheLedger) implements Step {}

    enum Trouble {
        DOWN(Fault::unavailable),
        RESET(Fault::reset),
        RESET_AFTER_WRITE(() -> Fault.reset().withLostAnswer()),
        HANG(() -> Fault.hang(Duration.ofMillis(200))),
        HANG_AFTER_WRITE(() -> Fault.hang(Duration.ofMillis(200)).withLostAnswer()),
        SLOW(() -> Fault.latency(Duration.ofMillis(100))),
        GARBAGE(Fault::garbage),
        HALF_JSON(Fault::halfJson),
        TRUNCATED(Fault::truncated),
        EMPTY(Fault::emptyBody),
        INTERNAL_ERROR(Fault::unknownException),
        INTERNAL_ERROR_AFTER_WRITE(() -> Fault.unknownException().withLostAnswer()),
        LIMIT(Fault::dailyLimitExceeded),
        LOGIN_REFUSED(Fault::loginRefused),
        LOGIN_DOWN(Fault::loginUnavailable);

        private final Supplier<Fault> fault;

        Trouble(Supplier<Fault> fault) {
            this.fault = fault;
        }

        Fault fault() {
            return fault.get();
        }
    }
}
