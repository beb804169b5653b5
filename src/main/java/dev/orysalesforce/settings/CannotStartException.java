package dev.orysalesforce.settings;

/** A setting, a file or another resource that the app needs is missing, invalid or in use. */
public class CannotStartException extends RuntimeException {

    private final String remedy;

    /**
     * @param what the problem, in a sentence
     * @param remedy what the operator can do
     */
    public CannotStartException(String what, String remedy) {
        this(what, remedy, null);
    }

    /** @param cause shown with {@code --debug} only */
    public CannotStartException(String what, String remedy, Throwable cause) {
        super(what, cause);
        this.remedy = remedy;
    }

    String remedy() {
        return remedy;
    }
}
