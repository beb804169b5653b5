// The body of every hook: only the data that the sync needs. No cookie, token, header, session or form.
//
// A missing field must not be an error: an error drops the event, and Kratos logs one line. So get() and pick() tolerate
// missing fields. The code uses only functions that go-jsonnet (Kratos, Ory Network) and the C++ Jsonnet share.
local get(object, key) = if std.isObject(object) && std.objectHas(object, key) then object[key];
local pick(object, keys) =
  { [key]: object[key] for key in keys if std.isObject(object) && std.objectHas(object, key) };
local list(value) = if std.isArray(value) then value else [];

function(ctx)
  // ctx.flow.identity and ctx.session.identity are not used: after a change they hold the old state.
  local identity = get(ctx, 'identity');
  local payload = get(get(ctx, 'flow'), 'transient_payload');
  {
    identity: pick(identity, [
      'id',
      'external_id',
      'organization_id',
      'schema_id',
      'state',
      'traits',
      'metadata_public',
      'created_at',
      'updated_at',
    ]) + {
      // An existing record in Salesforce is adopted only if the address is verified.
      verifiable_addresses: [
        pick(address, ['value', 'via', 'verified'])
        for address in list(get(identity, 'verifiable_addresses'))
      ],
    },
    // Data that the sign-up page sends, for instance a campaign. Ory does not store it; mappings can read it.
    transient_payload: if std.isObject(payload) then payload else {},
  }
