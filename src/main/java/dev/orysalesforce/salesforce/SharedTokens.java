package dev.orysalesforce.salesforce;

/** The access tokens that other clients of this app may work with. */
public interface SharedTokens {

    /** Whether a client may still work with it. */
    boolean isHandedOut(String token);

    /** Salesforce refused a call that was made with this token: its session may have ended. */
    void markSuspect(String token);
}
