// A template as an Ory Action has it for Salesforce's REST API. It works as a mapping as it is.
function(ctx)
  local traits = ctx.identity.traits;
  {
    LastName: traits.name.last,
    FirstName: if 'first' in traits.name then traits.name.first else null,
    Email: traits.email,
    Company: 'Unknown',
    [if 'utm_campaign' in ctx.flow.transient_payload then 'Description']:
      'Campaign: ' + ctx.flow.transient_payload.utm_campaign,
  }
