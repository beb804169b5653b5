package dev.orysalesforce.reload;

/** What was edited is not taken over. */
public class ReloadRejectedException extends RuntimeException {

    private final String file;
    private final int line;

    /** @param line counted from 1; 0 if nobody knows it */
    ReloadRejectedException(String file, int line, String reason) {
        super(reason);
        this.file = file;
        this.line = line;
    }

    public String file() {
        return file;
    }

    int line() {
        return line;
    }

    public String place() {
        return line > 0 ? file + ":" + line : file;
    }
}
