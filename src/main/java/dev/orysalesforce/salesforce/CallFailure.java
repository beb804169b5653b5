package dev.orysalesforce.salesforce;

import dev.orysalesforce.journal.PauseDeliveryException;
import java.util.concurrent.TimeoutException;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.apache.camel.util.ObjectHelper;

/** A call that failed without a reason that Salesforce would give. */
public final class CallFailure {

    private static final int GATEWAY_TIMEOUT = 504;

    private CallFailure() {}

    /** Whether no answer came in time, to the app or to a gateway in front of Salesforce. */
    public static boolean isTimeOut(Exception failure) {
        SalesforceException salesforce = ObjectHelper.getException(SalesforceException.class, failure);
        return ObjectHelper.getException(TimeoutException.class, failure) != null
                || salesforce != null && salesforce.getStatusCode() == GATEWAY_TIMEOUT;
    }

    public static PauseDeliveryException unavailable(Exception failure) {
        SalesforceException salesforce = ObjectHelper.getException(SalesforceException.class, failure);
        int status = salesforce == null ? 0 : salesforce.getStatusCode();
        if (status == 0) {
            return new PauseDeliveryException("UNREACHABLE", "Salesforce could not be reached: " + root(failure)
                    + " — Check the network and SALESFORCE_LOGIN_URL, or see status.salesforce.com.");
        }
        if (status >= 300 && status < 400) {
            return new PauseDeliveryException("UNREACHABLE", "Salesforce, or something in between, answered " + status
                    + ", which leads to another address. It is not followed, because the secret would go along"
                    + " — Set SALESFORCE_LOGIN_URL to the org's My Domain, with https.");
        }
        if (status == 404 || status == 405) {
            return new PauseDeliveryException("UNREACHABLE", "What SALESFORCE_LOGIN_URL names answered " + status
                    + ", and not as Salesforce's API does — Set it to the org's My Domain, https://<name>.my.salesforce.com, not to"
                    + " the address that a browser shows (<name>.lightning.force.com).");
        }
        return new PauseDeliveryException("SERVER_UNAVAILABLE", "Salesforce answered " + status + " without saying why"
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
