package dev.orysalesforce.salesforce;

/** The two fields that the app needs on each object: whose record it is, and which version of the identity it holds. */
public final class OryFields {

    public static final String ORY_ID = "Ory_Identity_Id__c";
    public static final String ORY_UPDATED_AT = "Ory_Updated_At__c";

    private OryFields() { }
}
