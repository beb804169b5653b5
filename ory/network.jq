# Input: the configuration of an Ory Network project. Output: the JSON Patch that adds the hooks. Existing entries stay; a
# hook whose URL has the same end is replaced. Used by network.sh.
# Parameters: $url, $body, $events and the variable ORY_WEBHOOK_SECRET; kratos.yml explains the settings.
def after(path): ["selfservice", "flows"] + path + ["hooks"];
def lists:
  (("password", "oidc", "code", "webauthn", "passkey")
    | {event: "registration", path: after(["registration", "after", .])}),
  {event: "registration", path: after(["registration", "after"])},
  {event: "settings", path: after(["settings", "after", "profile"])},
  {event: "verification", path: after(["verification", "after"])};
def hook($event): {
  hook: "web_hook",
  config: {
    url: "\($url)/webhooks/ory/\($event)",
    method: "POST",
    body: "base64://\($body | @base64)",
    response: {ignore: true},
    auth: {
      type: "api_key",
      config: {in: "header", name: "X-Webhook-Secret", value: (env.ORY_WEBHOOK_SECRET / "," | first)}
    }
  }
};
def pointer: "/services/identity/config" + (map("/" + tostring) | join(""));

reduce (lists | select(.event as $event | $events | index($event))) as $list ({config: ., patch: []};
  # A patch can't create a path below a missing key.
  reduce range(1; $list.path | length) as $depth (.; $list.path[:$depth] as $parent
    | if .config | getpath($parent) == null
      then .config |= setpath($parent; {}) | .patch += [{op: "add", path: ($parent | pointer), value: {}}] else . end)
  | hook($list.event) as $hook
  | (.config | getpath($list.path)) as $there
  | ($there // [] | map(.config?.url? // "" | endswith("/webhooks/ory/\($list.event)")) | index(true)) as $at
  | .patch += [
      if $there == null then {op: "add", path: ($list.path | pointer), value: [$hook]}
      elif $at == null then {op: "add", path: ($list.path + [0] | pointer), value: $hook}
      else {op: "replace", path: ($list.path + [$at] | pointer), value: $hook} end])
| .patch | if . == [] then error("no event of these: \($events)") else . end
