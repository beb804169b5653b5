package dev.orysalesforce.sandbox;

/** API calls of the last 24 hours, those of other programs included, and the org's limit. */
public final class ApiUsage {
    /** Calls a day of an Enterprise Edition org without add-ons. */
    public static final long DEFAULT_LIMIT = 100_000;

    private static final String HEADER = "Sforce-Limit-Info";

    private long limit = DEFAULT_LIMIT;
    private long used;
    private String headerName = HEADER;

    public synchronized long limit() {
        return limit;
    }

    public synchronized long used() {
        return used;
    }

    /** Changes the limit. At the limit calls get 403 {@code REQUEST_LIMIT_EXCEEDED}. */
    public synchronized void limit(long limit) {
        this.limit = limit;
    }

    /** Counts calls of other programs of the same org. */
    public synchronized void addByOthers(long calls) {
        used += calls;
    }

    /** Sets the count, e.g. back to 0 when the 24 hours have gone by. */
    public synchronized void used(long used) {
        this.used = used;
    }

    /** The spelling of the header's name; a proxy that speaks HTTP/2 to Salesforce makes it lower case. */
    public synchronized void headerName(String spelling) {
        headerName = spelling;
    }

    synchronized String headerName() {
        return headerName;
    }

    /** Counts one call, unless there is none left. */
    synchronized boolean take() {
        if (used >= limit) {
            return false;
        }
        used++;
        return true;
    }

    synchronized String header() {
        return "api-usage=" + used + "/" + limit;
    }

    synchronized void reset() {
        limit = DEFAULT_LIMIT;
        used = 0;
        headerName = HEADER;
    }
}
