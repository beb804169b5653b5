// The data mapper of an organization's SSO connection. Hooks get no more of an organization than its ID, so its name and
// domain are written into metadata_public here, which people can't change; docs/accounts.md tells what the app makes of it.
// Copy it for each organization, change the first two lines, and map further claims to the traits of your identity schema.
local name = 'Acme';
local domain = 'acme.example';

// Some providers never send email_verified, Microsoft Entra for instance. Then write true here, if this provider is the
// organization's own and lets nobody claim an address of another domain.
local claims = { email_verified: false } + std.extVar('claims');
local hasEmail = std.objectHas(claims, 'email') && claims.email_verified;
{
  identity: {
    // An address that the provider has not verified could be another person's.
    traits: { [if hasEmail then 'email']: claims.email },
    verified_addresses: if hasEmail then [{ via: 'email', value: claims.email }] else [],
    metadata_public: { organization: { name: name, domain: domain } },
  },
}
