package dev.orysalesforce.reload;

/** A changed file that is not reloaded. */
public class ReloadRejectedException extends RuntimeException {

    private final String file;
    private final int line;

    /** @param line counted from 1; 0 if it is not known */
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
