package dev.orysalesforce.console;

/** The pages in the navigation, in its order. */
enum Section {

    OVERVIEW("", "Overview"),
    DEAD_LETTERS("/dead-letters", "Dead letters"),
    IDENTITIES("/identities", "Identities"),
    MAPPINGS("/mappings", "Mappings"),
    CHANGES("/changes", "Changes"),
    ACTIVITY("/activity", "Activity"),
    SET_UP("/set-up", "Set-up"),
    AUDIT("/audit", "Audit");

    static final String HOME = "/console";

    private final String path;
    private final String title;

    Section(String path, String title) {
        this.path = path;
        this.title = title;
    }

    /** Where the page is. */
    public String path() {
        return HOME + path;
    }

    /** Its heading, and the text of links to it. */
    public String title() {
        return title;
    }

    /** Whether a page belongs here. */
    public boolean holds(String page) {
        return page.equals(path()) || this != OVERVIEW && page.startsWith(path() + "/");
    }
}
