package dev.orysalesforce.sandbox;

import java.util.Map;

/**
 * The rules of campaign members: one for each Lead or Contact of a campaign, none for a converted Lead, and a status that the
 * campaign does not have becomes its default.
 *
 * @see <a href="https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_campaignmember.htm">
 *     CampaignMember</a>
 */
final class CampaignMembers {

    static final String MEMBER = "CampaignMember";
    private static final String CAMPAIGN = "CampaignId";
    private static final String STATUS = "Status";
    private static final String LEAD = "LeadId";
    private static final String CONTACT = "ContactId";

    private final Org org;

    CampaignMembers(Org org) {
        this.org = org;
    }

    /** @param values of a new member */
    void complete(Map<String, Object> values) {
        Object campaign = values.get(CAMPAIGN);
        boolean isDefined = org.records("CampaignMemberStatus").stream().anyMatch(status -> status.get(CAMPAIGN).equals(campaign)
                && status.text("Label").equals(values.get(STATUS)));
        if (!isDefined) {
            values.put(STATUS, org.records("CampaignMemberStatus").stream()
                    .filter(status -> status.get(CAMPAIGN).equals(campaign) && status.is("IsDefault"))
                    .map(status -> status.text("Label")).findFirst().orElse("Sent"));
        }
        String lead = (String) values.get(LEAD);
        if (lead != null && org.record(lead).is("IsConverted")) {
            throw new RowRefused("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead");
        }
        if (lead == null && values.get(CONTACT) == null) {
            throw new RowRefused("REQUIRED_FIELD_MISSING", "Required fields are missing: [LeadId, ContactId]", LEAD, CONTACT);
        }
        for (String owner : new String[] {LEAD, CONTACT}) {
            if (values.get(owner) != null && org.records(MEMBER).stream().anyMatch(member -> member.get(CAMPAIGN).equals(campaign)
                    && values.get(owner).equals(member.get(owner)))) {
                throw new RowRefused("DUPLICATE_VALUE", "Already a campaign member.");
            }
        }
    }

    /** Members of a converted Lead become ones of the Contact. */
    void convert(String leadId, String contactId) {
        org.records(MEMBER).stream().filter(member -> leadId.equals(member.text(LEAD)))
                .forEach(member -> org.edit(member.id(), Map.of(CONTACT, contactId)));
    }
}
