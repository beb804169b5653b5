#!/usr/bin/env bash
# Adds the hooks to a project on Ory Network, first in their lists; existing hooks stay. Run it again to change the
# URL, the secret or the body. Needs jq and the Ory CLI, logged in ("ory auth" or ORY_WORKSPACE_API_KEY).
#
#   ORY_WEBHOOK_SECRET=... ory/network.sh PROJECT https://sync.example.com [EVENT...]
#
# EVENT: registration, settings, verification; default: all.
set -euo pipefail
umask 077 # the patch holds the secret
(($# >= 2)) || { sed -n '2,/^set/{/^#/s/^# \?//p}' "$0" >&2; exit 2; }
project=$1 url=${2%/}
shift 2
: "${ORY_WEBHOOK_SECRET:?the same as the app has}"
(($# > 0)) || set -- registration settings verification
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ory get identity-config --project "$project" --format json >"$work/config.json"
events=$(jq -nc '$ARGS.positional' --args "$@")
jq --arg url "$url" --rawfile body "${0%/*}/identity.jsonnet" --argjson events "$events" -f "${0%/*}/network.jq" \
    "$work/config.json" >"$work/patch.json"
ory patch project "$project" --file "$work/patch.json" --format json >/dev/null
jq -r '.[].path | select(test("/hooks(/|$)")) | "Set: " + ltrimstr("/services/identity/config/")' "$work/patch.json"
