# The Lead of ../lead.ds in jq, to start from. Copy it into mappings/ and name it in sync.mappings.
#
# In:  .identity (id, traits, …), .event ("registration", "settings", …), .transient_payload.
# Out: one record. A field that is left out stays as it is in Salesforce; a field that is null is emptied there, and null
#      is also what jq makes of a trait that is not there.
#      The app itself adds Ory_Identity_Id__c and Ory_Updated_At__c.

# Helpers. They ignore values that are missing, blank or of the wrong type; .name.first of a string would be an error.
def at($key): if type == "object" then .[$key] else null end;
def list: if type == "array" then .[:20] else [] end;
# Words put together again, and no gsub: this jq's gsub gives up with a stack overflow at some hundred matches.
def text: if type == "string" then [scan("[^\\s\\p{Z}\\p{Cc}]+")] | join(" ") else "" end;
def first_text: map(text | select(. != "")) | .[0] // "";
def trait($path): reduce ($path | split(".")[]) as $key (.identity | at("traits"); at($key));
def first_trait(paths): [trait(paths)] | first_text;
def words: split(" ")[:50];
# Salesforce rejects a text that is too long. To Salesforce an emoji counts as two, to jq as one. So many characters fit:
def cut($max): reduce (explode[:$max][]) as $c ({units: 0, fit: 0};
    .units += (if $c > 65535 then 2 else 1 end) | if .units <= $max then .fit += 1 else . end) as {$fit} | .[:$fit];
# Leaves out the fields that have no value.
def filled: with_entries(select(.value != ""));

# The person's data. The e-mail is spelled as in the trait, and never truncated: half an address belongs to another
# person.
([trait("email")] + (trait("emails") | list)
  + [.identity | at("verifiable_addresses") | list[] | select(at("via") == "email") | at("value")] | first_text) as $email
| first_trait("phone", "phone_number") as $phone
# Explicit parts of the name have precedence. Missing parts come from a full name: its last word is the last name, the
# words before it are the first name.
| first_trait("name.first", "first_name", "given_name", "firstName", "givenName", "name.given") as $given
| first_trait("name.last", "last_name", "family_name", "lastName", "familyName", "name.family") as $family
| ((first_trait("name", "full_name", "display_name") | words) - ($given | words) - ($family | words) - [""]) as $spare
| (if $family != "" or $spare == [] then $family else $spare[-1] end) as $last
| (if $given != "" then $given else (if $family != "" then $spare else $spare[:-1] end | join(" ")) end) as $first
# For an identity without a name, because Salesforce requires one.
| (first_trait("username", "nickname", "preferred_username", "handle") | split("@")[0]) as $handle
| ([$handle] + [$email | split("@")[0]] + [$phone, (.identity | at("id"))] | first_text) as $stand_in
| first_trait("company", "company.name", "organization", "organisation", "company_name", "companyName") as $company

# The record. To skip an identity, return null: if .identity.state == "inactive" then null else {…} end
| {
  attributes: {type: "Lead"},
  FirstName: ($first | cut(40)),
  LastName: ($last | cut(80)),
  Email: $email,
  Phone: $phone,
  MobilePhone: first_trait("mobile", "mobile_phone"),
  Company: ($company | cut(255)),
  Title: (first_trait("job_title", "jobTitle") | cut(128)),
  City: (first_trait("city", "address.city") | cut(40)),
  # No country or state: if the org allows only values of its own list, it would reject the whole record.

  # Only for a new record: fields that Salesforce requires and the identity does not have. They never replace entries of
  # sales.
  onCreate: {
    LastName: (if $last == "" then $stand_in | cut(80) else "" end),
    Company: (if $company == "" then "[Not Provided]" else "" end),
    LeadSource: "Ory Registration"
  } | filled
} | filled
