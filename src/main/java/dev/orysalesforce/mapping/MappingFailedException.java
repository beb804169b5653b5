package dev.orysalesforce.mapping;

/** A mapping has no answer. Says where in its file, and none of its own words: they may quote a trait. */
public class MappingFailedException extends RuntimeException {

    /** The code of what a mapping is the reason of: of a dead letter, or of a delivery that pauses. */
    public static final String CODE = "MAPPING_FAILED";

    /** @param message the file, the line if it is known, and what is the matter; ends before "for this identity" */
    MappingFailedException(String message) {
        super(message, null, false, false);
    }
}
