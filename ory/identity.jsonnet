// The body of every hook: what the sync has use for, and nothing else. No cookie, token, header, session or form.
//
// A field that is not there must not be an error: an error drops the event, and Kratos logs one line. So get() and
// pick() pass over whatever is missing. Only what go-jsonnet (Kratos, Ory Network) and the C++ Jsonnet have alike.
local get(object, key) = if std.isObject(object) && std.objectHas(object, key) then object[key];
local pick(object, keys) =
  { [key]: object[key] for key in keys if std.isObject(object) && std.objectHas(object, key) };
local list(value) = if std.isArray(value) then value else [];

function(ctx)
  // Not ctx.flow.identity nor ctx.session.identity: after a change those are the old ones.
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
      // Whether an address is verified decides if a record that is in Salesforce already may be taken over.
      verifiable_addresses: [
        pick(address, ['value', 'via', 'verified'])
        for address in list(get(identity, 'verifiable_addresses'))
      ],
    },
    // What the sign-up page sends along, a campaign for instance. Not kept at Ory; mappings can read it.
    transient_payload: if std.isObject(payload) then payload else {},
  }
