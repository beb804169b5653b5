package dev.orysalesforce.salesforce;

import java.time.Duration;

/** Is told how long Salesforce asks the app to wait before the next call. */
public interface RetryAfterListener {

    void honourRetryAfter(Duration pause);
}
