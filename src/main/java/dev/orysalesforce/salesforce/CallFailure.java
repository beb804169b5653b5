package dev.orysalesforce.salesforce;

import dev.orysalesforce.journal.PauseDeliveryException;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.apache.camel.util.ObjectHelper;

/** A call that failed without a reason that Salesforce would give. */
public final class CallFailure {

    private CallFailure() { }

    public static PauseDeliveryException unavailable(Exception failure) {
        SalesforceException salesforce = ObjectHelper.getException(SalesforceException.class, failure);
        int status = salesforce == null ? 0 : salesforce.getStatusCode();
        return status == 0
                ? new PauseDeliveryException("UNREACHABLE", "Salesforce could not be reached: " + root(failure)
                        + " — Check the network and SALESFORCE_LOGIN_URL, or see status.salesforce.com.")
                : new PauseDeliveryException("SERVER_UNAVAILABLE", "Salesforce answered " + status + " without saying why"
                        + " — Nothing to do if it passes; see status.salesforce.com.");
    }

    /** The kind of the innermost failure: its message may quote what was sent. */
    private static String root(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getClass().getSimpleName();
    }
}
