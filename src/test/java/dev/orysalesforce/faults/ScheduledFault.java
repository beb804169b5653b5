package dev.orysalesforce.faults;

/**
 * Something that goes wrong for a while.
 *
 * @param name what a report calls it
 * @param unit what is counted
 * @param begins makes it go wrong
 */
record ScheduledFault(String name, String unit, Beginning begins) {

    /** Starts the fault. */
    interface Beginning {
        Ending begin() throws Exception;
    }

    /** Ends the fault, and returns how many times it hit. */
    interface Ending {
        long end() throws Exception;
    }
}
