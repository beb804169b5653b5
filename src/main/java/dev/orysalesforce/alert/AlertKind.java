package dev.orysalesforce.alert;

/** What alerts are about. */
public enum AlertKind {
    PAUSED("paused", "Delivery to Salesforce is paused", "Delivery to Salesforce has resumed", ""),
    DEAD_LETTERS("dead-letters", "Many dead letters wait", "Few dead letters wait again", "/dead-letters"),
    NEW_CODE("new-code", "Events were rejected for a new reason", null, "/dead-letters"),
    COMPARISON("comparison", "The comparison with Ory failed", "The comparison with Ory has succeeded again", "/activity"),
    IN_SYNC("in-sync", "Too few identities are in sync", "Enough identities are in sync again", ""),
    RELOAD("reload", "A changed file was rejected", "The files are accepted again", "/audit"),
    API_SHARE("api-share", "The app's share of API calls is running out", "Enough API calls are left again", ""),
    SET_UP("set-up", "The set-up has errors", "The set-up has no errors any more", "/set-up"),
    EDIT("edit", "An edit of a mapping waits for a confirmation", "No edit of a mapping waits any more", "/mappings"),
    DIGEST("digest", "The week in numbers", null, ""),
    TEST("test", "This is a test alert", null, "/set-up");

    private final String label;
    private final String begun;
    private final String ended;
    private final String page;

    AlertKind(String label, String begun, String ended, String page) {
        this.label = label;
        this.begun = begun;
        this.ended = ended;
        this.page = page;
    }

    /** The kind in JSON, metrics and the database. */
    String label() {
        return label;
    }

    /** What has happened, or that it is over. */
    String title(boolean isOver) {
        return isOver ? ended : begun;
    }

    /** Whether its end is worth an alert; what happens once has no end. */
    boolean hasEnd() {
        return ended != null;
    }

    /** The page of the console that shows more. */
    String page() {
        return page;
    }
}
