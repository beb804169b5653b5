package dev.orysalesforce.parent;

import dev.orysalesforce.sync.Batch;
import java.util.List;

/**
 * Parents of a batch that are looked for together, and created if they are missing.
 *
 * @param holder of the claims to create them; null if nothing is written
 */
public record ParentRound(Batch batch, List<ParentRequest> requests, String holder) {

    /** Another round, of this instance or another one, has claimed all of them. */
    public boolean isEmpty() {
        return requests.isEmpty();
    }

    List<ParentRequest> open() {
        return requests.stream().filter(ParentRequest::isOpen).toList();
    }
}
