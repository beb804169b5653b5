package dev.orysalesforce.mapping;

import dev.orysalesforce.journal.PauseDeliveryException;

/** Nothing is wrong with the mapping or what it was to map: as many as may run at once are running. */
public class MappingsBusyException extends PauseDeliveryException {

    public MappingsBusyException(int running) {
        super("MAPPINGS_BUSY", running + " mappings run at once, and none ended in time for one more to begin. Look for a"
                + " mapping that waits for something, or for what keeps the machine busy.");
    }
}
