package dev.orysalesforce.mapping;

/** A mapping has no answer. Says where in its file, and none of its own words: they may quote a trait. */
public class MappingFailedException extends RuntimeException {

    /** @param message the file, the line if it is known, and what is the matter; ends before "for this identity" */
    MappingFailedException(String message) {
        super(message, null, false, false);
    }
}
