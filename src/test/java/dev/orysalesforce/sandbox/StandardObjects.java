package dev.orysalesforce.sandbox;

import static dev.orysalesforce.sandbox.FieldRule.checkbox;
import static dev.orysalesforce.sandbox.FieldRule.datetime;
import static dev.orysalesforce.sandbox.FieldRule.externalId;
import static dev.orysalesforce.sandbox.FieldRule.number;
import static dev.orysalesforce.sandbox.FieldRule.of;
import static dev.orysalesforce.sandbox.FieldRule.picklist;
import static dev.orysalesforce.sandbox.FieldRule.reference;
import static dev.orysalesforce.sandbox.FieldRule.text;

import dev.orysalesforce.sandbox.FieldRule.Trait;
import java.util.List;

/**
 * The objects of a new org with the two Ory fields deployed. Lengths are those of Salesforce's field reference for
 * Lead and Contact.
 */
final class StandardObjects {
    static final String IDENTITY = "Ory_Identity_Id__c";
    static final String UPDATED_AT = "Ory_Updated_At__c";
    static final String ORGANIZATION = "Ory_Organization_Id__c";

    private StandardObjects() {
    }

    static List<ObjectSchema> all() {
        return List.of(lead(), contact(), account(), organization(), user(), duplicateRule(), assignmentRule(),
                userPermissionAccess(), campaign(), campaignMember(), campaignMemberStatus(), recordType());
    }

    private static ObjectSchema lead() {
        ObjectSchema lead = person("Lead", "00Q")
                .put(text("Company", 255).required())
                .put(of(FieldType.TEXTAREA, "Street", 255))
                .put(text("City", 40))
                .put(text("State", 80))
                .put(text("PostalCode", 20))
                .put(text("Country", 80))
                .put(of(FieldType.URL, "Website", 255))
                .put(picklist("Status", "Open - Not Contacted", "Working - Contacted", "Closed - Converted",
                        "Closed - Not Converted").labelled("Lead Status").required()
                        .defaultingTo("Open - Not Contacted"))
                .put(checkbox("IsConverted").labelled("Converted").readOnly())
                .put(datetime("ConvertedDate").readOnly())
                .put(reference("ConvertedAccountId", "Account").readOnly())
                .put(reference("ConvertedContactId", "Contact").readOnly());
        return oryFields(lead);
    }

    private static ObjectSchema contact() {
        ObjectSchema contact = person("Contact", "003")
                .put(reference("AccountId", "Account").labelled("Account ID"))
                .put(of(FieldType.TEXTAREA, "MailingStreet", 255))
                .put(text("MailingCity", 40))
                .put(text("MailingState", 80))
                .put(text("MailingPostalCode", 20))
                .put(text("MailingCountry", 80));
        return oryFields(contact);
    }

    private static ObjectSchema account() {
        return common(new ObjectSchema("Account", "001"))
                .put(text("Name", 255).labelled("Account Name").required())
                .put(of(FieldType.PHONE, "Phone", 40))
                .put(of(FieldType.URL, "Website", 255))
                .put(of(FieldType.TEXTAREA, "Description", 32000))
                .put(externalId(ORGANIZATION, 36).labelled("Ory Organization ID"));
    }

    private static ObjectSchema campaign() {
        return common(new ObjectSchema("Campaign", "701"))
                .put(text("Name", 80).labelled("Campaign Name").required())
                .put(externalId("Code__c", 40).labelled("Code"))
                .put(checkbox("IsActive"));
    }

    /** A Lead or a Contact is a member of a campaign once; {@link CampaignMembers} has the rules. */
    private static ObjectSchema campaignMember() {
        return new ObjectSchema("CampaignMember", "00v",
                of(FieldType.ID, "Id", 18).readOnly().without(Trait.NILLABLE),
                checkbox("IsDeleted").readOnly(),
                reference("CampaignId", "Campaign").required().without(Trait.UPDATEABLE),
                reference("LeadId", "Lead").without(Trait.UPDATEABLE),
                reference("ContactId", "Contact").without(Trait.UPDATEABLE),
                picklist("Status").withLength(40),
                text("Seat__c", 20),
                datetime("CreatedDate").readOnly(), datetime("LastModifiedDate").readOnly(), datetime("SystemModstamp").readOnly(),
                reference("LastModifiedById", "User").readOnly());
    }

    private static ObjectSchema campaignMemberStatus() {
        return new ObjectSchema("CampaignMemberStatus", "01Y", of(FieldType.ID, "Id", 18).readOnly(),
                reference("CampaignId", "Campaign").readOnly(), text("Label", 765).readOnly(), number("SortOrder").readOnly(),
                checkbox("IsDefault").readOnly());
    }

    private static ObjectSchema organization() {
        return new ObjectSchema("Organization", "00D",
                of(FieldType.ID, "Id", 18).readOnly(),
                text("Name", 80),
                text("OrganizationType", 40).readOnly(),
                checkbox("IsSandbox").readOnly(),
                picklist("DefaultLeadAccess", "None", "Read", "ReadEdit", "ReadEditTransfer").readOnly(),
                picklist("DefaultContactAccess", "None", "Read", "Edit", "ControlledByParent").readOnly(),
                picklist("DefaultAccountAccess", "None", "Read", "Edit", "ControlledByLeadOrContact").readOnly());
    }

    private static ObjectSchema user() {
        return new ObjectSchema("User", "005", of(FieldType.ID, "Id", 18).readOnly(), text("Username", 80),
                picklist("LanguageLocaleKey", "en_US", "de"));
    }

    private static ObjectSchema duplicateRule() {
        return new ObjectSchema("DuplicateRule", "0Bm", of(FieldType.ID, "Id", 18).readOnly(),
                text("MasterLabel", 80).readOnly(), picklist("SobjectType").readOnly(), checkbox("IsActive").readOnly());
    }

    private static ObjectSchema assignmentRule() {
        return new ObjectSchema("AssignmentRule", "01Q", of(FieldType.ID, "Id", 18).readOnly(), text("Name", 120).readOnly(),
                picklist("SobjectType").readOnly(), checkbox("Active").readOnly());
    }

    /** What the calling user may do; one record. */
    private static ObjectSchema userPermissionAccess() {
        return new ObjectSchema("UserPermissionAccess", "0Up", of(FieldType.ID, "Id", 18).readOnly(),
                checkbox("PermissionsAllowViewEditConvertedLeads").readOnly());
    }

    private static ObjectSchema recordType() {
        return new ObjectSchema("RecordType", "012", of(FieldType.ID, "Id", 18).readOnly(), text("Name", 80).readOnly(),
                text("DeveloperName", 80).readOnly(), picklist("SobjectType").readOnly(), checkbox("IsActive").readOnly());
    }

    private static ObjectSchema person(String name, String keyPrefix) {
        return common(new ObjectSchema(name, keyPrefix))
                .put(picklist("Salutation", "Mr.", "Ms.", "Mrs.", "Dr.", "Prof.", "Mx.").withLength(40))
                .put(text("FirstName", 40))
                .put(text("LastName", 80).required())
                .put(text("Name", 121).labelled("Full Name").readOnly())
                .put(text("Title", 128))
                .put(of(FieldType.EMAIL, "Email", 80).with(Trait.ID_LOOKUP))
                .put(of(FieldType.PHONE, "Phone", 40))
                .put(of(FieldType.PHONE, "MobilePhone", 40).labelled("Mobile Phone"))
                .put(picklist("LeadSource", "Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"))
                .put(of(FieldType.TEXTAREA, "Description", 32000))
                .put(checkbox("HasOptedOutOfEmail").labelled("Email Opt Out"))
                .put(checkbox("HasOptedOutOfFax").labelled("Fax Opt Out"))
                .put(checkbox("DoNotCall").labelled("Do Not Call"));
    }

    private static ObjectSchema common(ObjectSchema schema) {
        return schema
                .put(of(FieldType.ID, "Id", 18).labelled(schema.name() + " ID").readOnly().without(Trait.NILLABLE))
                .put(checkbox("IsDeleted").labelled("Deleted").readOnly())
                .put(reference("MasterRecordId", schema.name()).readOnly())
                .put(reference("OwnerId", "User").labelled("Owner ID").defaultingTo(""))
                .put(datetime("CreatedDate").readOnly())
                .put(datetime("LastModifiedDate").readOnly())
                .put(reference("LastModifiedById", "User").readOnly())
                .put(datetime("SystemModstamp").readOnly());
    }

    private static ObjectSchema oryFields(ObjectSchema schema) {
        return schema
                .put(externalId(IDENTITY, 36).labelled("Ory Identity ID"))
                .put(datetime(UPDATED_AT));
    }
}
