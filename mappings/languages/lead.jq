# The Lead of ../lead.jslt in jq, to start from. Copy it into mappings/ and name it in sync.mappings.
#
# In:  .person (what person.jslt reads from the traits), .identity (id, traits, …), .event ("registration", "settings", …),
#      .transient_payload.
# Out: one record. A field that is left out stays as it is in Salesforce; a field that is null is emptied there, and null
#      is also what jq makes of a trait that is not there.
#      The app itself adds Ory_Identity_Id__c and Ory_Updated_At__c.

# Salesforce rejects a text that is too long. To Salesforce an emoji counts as two, to jq as one. So many characters fit:
def cut($max): if . == null then null else reduce (explode[:$max][]) as $c ({units: 0, fit: 0};
    .units += (if $c > 65535 then 2 else 1 end) | if .units <= $max then .fit += 1 else . end) as {$fit} | .[:$fit] end;
# Leaves out the fields that have no value.
def filled: with_entries(select(.value != null));

(.person // error("person.jslt is missing in sync.mapping-dir")) as $person
# To skip an identity, answer null, or {skip: "A_CODE"}, which says why.
| if $person.lastName == null and $person.standIn == null then {skip: "NOTHING_TO_CALL_IT"}
  else {
    attributes: {type: "Lead"},
    FirstName: ($person.firstName | cut(40)),
    LastName: ($person.lastName | cut(80)),
    Email: $person.email, # never cut: half an address belongs to another person
    Phone: $person.phone,
    MobilePhone: $person.mobile,
    Company: ($person.company | cut(255)),
    Title: ($person.title | cut(128)),
    Website: ($person.website | if . != null and length <= 255 then . else null end),
    Street: ($person.street | cut(255)),
    City: ($person.city | cut(40)),
    PostalCode: ($person.postalCode | cut(20)),
    # Only an explicit refusal, such as newsletter: false. The app never takes it back (sync.one-way).
    HasOptedOutOfEmail: (if $person.refusesMarketing then true else null end),
    # No country or state: if the org allows only values of its own list, it would reject the whole record.

    # Only for a new record: fields that Salesforce requires and the identity does not have. They never replace entries of
    # sales.
    onCreate: ({
      LastName: ($person.standIn | cut(80)),
      Company: (if $person.company == null then "[Not Provided]" else null end),
      LeadSource: "Ory Registration"
    } | filled)
  } | filled
  end
