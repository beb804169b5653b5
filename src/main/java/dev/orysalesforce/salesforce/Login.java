package dev.orysalesforce.salesforce;

import dev.orysalesforce.journal.PauseDeliveryException;
import dev.orysalesforce.ledger.LedgerOwnership;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.component.salesforce.api.SalesforceException;
import org.apache.camel.util.ObjectHelper;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Logs in before the first call, and again after a 401. If several calls in flight were rejected, one of them logs in; the
 * others began before that login and only send again.
 */
@Component("login")
public class Login {

    private static final String LOGINS = "ory.sync.logins";
    private static final String OK = "ok";
    private static final String FAILED = "failed";

    private final CamelSalesforce salesforce;
    private final LedgerOwnership ledger;
    private final MeterRegistry meters;
    private final boolean onlyLooks;
    private long renewedAt = System.nanoTime(); // monotonic: the machine's clock may be set back

    Login(CamelSalesforce salesforce, LedgerOwnership ledger, MeterRegistry meters,
            @Value("${spring.artemis.embedded.persistent:true}") boolean keepsAJournal) {
        this.onlyLooks = !keepsAJournal; // a command that checks the set-up must not bind the ledger to a wrong org
        this.salesforce = salesforce;
        this.ledger = ledger;
        this.meters = meters;
        Stream.of(OK, FAILED).forEach(result -> meters.counter(LOGINS, "result", result));
    }

    /**
     * Makes sure that there is a token, and that it belongs to the org whose records the ledger knows.
     *
     * @throws PauseDeliveryException if Salesforce rejects the login, can't be reached, or it is another org
     */
    public void ensure() {
        logIn(null, !onlyLooks);
    }

    /**
     * The same for a caller that writes nothing: a ledger that belongs to no org yet is not bound, because this org may be
     * the wrong one.
     */
    public void look() {
        logIn(null, false);
    }

    /**
     * After a call that has failed: logs in again if its token has expired, so that it can be repeated.
     *
     * @param call an exchange that is not younger than the call
     * @throws PauseDeliveryException if Salesforce rejects the login, can't be reached, or it is another org
     * @throws Exception the failure itself, if it has another reason
     */
    public void renew(Exchange call, Exception failure) throws Exception {
        if (!isExpired(failure)) {
            throw failure;
        }
        logInOnce(System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(call.getClock().elapsed()));
    }

    /** The calls that began before another login only have to be repeated. */
    private synchronized void logInOnce(long began) {
        if (renewedAt - began < 0) {
            logIn(salesforce.token(), !onlyLooks);
            renewedAt = System.nanoTime();
        }
    }

    /** The failure may be wrapped, or be none of Salesforce's answers. */
    private static boolean isExpired(Exception failure) {
        SalesforceException answer = ObjectHelper.getException(SalesforceException.class, failure);
        return answer != null && answer.getStatusCode() == 401;
    }

    /** Where users open the org's records: its instance URL, or before the first login the configured address. */
    public String address() {
        String instance = salesforce.instanceUrl();
        return instance != null ? instance : salesforce.loginUrl();
    }

    /** The Salesforce ID of the user that calls are made as; null before the first login. */
    public String user() {
        String identity = salesforce.identityUrl();
        return identity == null ? null : identity.substring(identity.lastIndexOf('/') + 1);
    }

    private void logIn(String usedToken, boolean claims) {
        String before = salesforce.token();
        try {
            if (!salesforce.login(usedToken).equals(before)) {
                count(OK);
            }
        } catch (SalesforceException e) {
            count(FAILED);
            throw e.getStatusCode() == 400 || e.getStatusCode() == 401
                    ? new PauseDeliveryException("LOGIN_REFUSED", "Salesforce refuses the login" + reason(e)
                            + " — Check SALESFORCE_LOGIN_URL (the org's My Domain), SALESFORCE_CLIENT_ID and"
                            + " SALESFORCE_CLIENT_SECRET, and in the External Client App's policies that the client"
                            + " credentials flow is enabled with a run-as user.")
                    : CallFailure.unavailable(e);
        }
        if (claims) {
            ledger.claim("org", salesforce.orgId(), this::otherOrg);
        } else {
            ledger.compare("org", salesforce.orgId(), this::otherOrg);
        }
    }

    /** A refreshed Salesforce sandbox is another org at the same address: its token must not be used. */
    private PauseDeliveryException otherOrg(String ledgers, String ours) {
        try {
            salesforce.logout();
        } catch (SalesforceException e) {
            // there is no token now, whether or not Salesforce has received the log-out
        }
        return new PauseDeliveryException("OTHER_ORG", "The ledger belongs to org " + ledgers + ", but this login belongs to org "
                + ours + ". Correct SALESFORCE_LOGIN_URL and the client, or give this org a data directory of its own.");
    }

    private void count(String result) {
        meters.counter(LOGINS, "result", result).increment();
    }

    private static String reason(SalesforceException refused) {
        return refused.getErrors() == null || refused.getErrors().isEmpty() ? "."
                : ": " + refused.getErrors().get(0).getErrorCode() + ": " + refused.getErrors().get(0).getMessage() + ".";
    }
}
