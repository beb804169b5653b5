// The body of a hook that sends no trait: whose event it is, and what the sign-up page sent beside the traits. The app asks
// Ory's Admin API for the rest, so it needs ORY_ADMIN_URL. In exchange no data of a person is in hooks, in the logs of what is in
// between, or in the app's journal.
local get(object, key) = if std.isObject(object) && std.objectHas(object, key) then object[key];

function(ctx)
  local payload = get(get(ctx, 'flow'), 'transient_payload');
  {
    identity_id: get(get(ctx, 'identity'), 'id'),
    transient_payload: if std.isObject(payload) then payload else {},
  }
