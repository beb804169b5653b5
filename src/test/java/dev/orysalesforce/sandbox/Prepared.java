package dev.orysalesforce.sandbox;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A call that was read and found well formed, with the records it will touch already looked up, but nothing written.
 * Salesforce, too, looks records up at the beginning of a call and writes at its end: that is how two calls at once
 * both take an external ID for new.
 *
 * @param rows       records in it
 * @param identities the identities it will write
 * @param commit     writes and answers; runs while the org's lock is held
 */
record Prepared(int rows, List<String> identities, Function<Transaction, Answer> commit) {

    static Prepared reading(Supplier<Answer> answer) {
        return new Prepared(0, List.of(), transaction -> answer.get());
    }
}
