package dev.orysalesforce.mapping;

/** A mapping has no result. Names the place in its file, without the mapping's own message, which may quote a trait. */
public class MappingFailedException extends RuntimeException {

    /** The code of a dead letter or of a pause whose reason is a mapping. */
    public static final String CODE = "MAPPING_FAILED";

    /** @param message the file, the line if it is known, and the cause; ends before "for this identity" */
    MappingFailedException(String message) {
        super(message, null, false, false);
    }
}
