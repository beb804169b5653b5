package dev.orysalesforce.mapping;

import dev.orysalesforce.journal.PauseDeliveryException;

/** Several answers of a mapping did not come in time and are still computed, so it is not invoked at the moment. */
public class MappingLoopsException extends PauseDeliveryException {

    MappingLoopsException(String message) {
        super(MappingFailedException.CODE, message);
    }
}
