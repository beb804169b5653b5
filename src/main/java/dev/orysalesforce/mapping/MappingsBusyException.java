package dev.orysalesforce.mapping;

import dev.orysalesforce.journal.PauseDeliveryException;

/** Neither the mapping nor its input is at fault: as many mappings are running as may run at once. */
public class MappingsBusyException extends PauseDeliveryException {

    public MappingsBusyException(int running) {
        super("MAPPINGS_BUSY", running + " mappings are running, and none ended in time for another one to start. Look for a"
                + " mapping that waits for something, or for what keeps the machine busy.");
    }
}
