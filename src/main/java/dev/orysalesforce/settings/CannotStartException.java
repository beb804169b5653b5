package dev.orysalesforce.settings;

/** A resource that the app needs is missing or in use. */
public class CannotStartException extends RuntimeException {

    private final String remedy;

    /**
     * @param what the problem, in a sentence
     * @param remedy what the operator can do
     */
    public CannotStartException(String what, String remedy) {
        super(what);
        this.remedy = remedy;
    }

    String remedy() {
        return remedy;
    }
}
