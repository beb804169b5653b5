package dev.orysalesforce.operator;

import java.util.Locale;

/** What a person may do in the console. The operator token has all roles. */
public enum Role {
    /** Reads what the app knows, without values of identities. */
    VIEWER,
    /** Replays, discards, resumes, compares and syncs. */
    OPERATOR,
    /** Reveals values of identities, and erases identities. */
    PRIVACY;

    /** Its name in settings, and at providers of logins. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its name in Spring Security. */
    public String authority() {
        return "ROLE_" + name();
    }
}
