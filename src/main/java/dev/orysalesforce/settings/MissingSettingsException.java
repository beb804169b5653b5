package dev.orysalesforce.settings;

/** The operator has not said something that the app can't do without. */
public class MissingSettingsException extends RuntimeException {

    private final String remedy;

    MissingSettingsException(String missing, String remedy) {
        super(missing);
        this.remedy = remedy;
    }

    String remedy() {
        return remedy;
    }
}
