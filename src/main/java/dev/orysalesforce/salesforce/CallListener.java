package dev.orysalesforce.salesforce;

/** Learns of each call to Salesforce that is made for it: of exchanges whose property {@code batch} it is. */
public interface CallListener {

    void recordCall();
}
