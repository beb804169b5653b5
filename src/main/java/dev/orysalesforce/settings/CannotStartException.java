package dev.orysalesforce.settings;

/** Something that the app can't do without is missing, or taken. */
public class CannotStartException extends RuntimeException {

    private final String remedy;

    /**
     * @param what what is the case, in a sentence
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
