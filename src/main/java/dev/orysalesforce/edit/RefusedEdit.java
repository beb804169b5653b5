package dev.orysalesforce.edit;

/** What was edited is not taken over. */
class RefusedEdit extends RuntimeException {

    private final String file;
    private final int line;

    /** @param line counted from 1; 0 if nobody knows it */
    RefusedEdit(String file, int line, String reason) {
        super(reason);
        this.file = file;
        this.line = line;
    }

    String file() {
        return file;
    }

    int line() {
        return line;
    }

    String place() {
        return line > 0 ? file + ":" + line : file;
    }
}
