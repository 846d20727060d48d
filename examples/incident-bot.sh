#!/bin/sh
# A webhook runner's script: what Alertmanager posts becomes an incident, and each service gets its playbook.
#
#     examples/incident-bot.sh CHANNELS [ENVIRONMENT] < notification.json
#
# CHANNELS is a folder with a file for each incident and service; a real bot edits one message of a chat instead. Every
# step may be done again: the same notification changes nothing, and the playbook is written anew in its place. Run it
# again whenever the registry changes, and when `valid_until` of a playbook has come.
#
# It needs `holdpoint` in PATH, and HOLDPOINT_REGISTRY or a registry around the working directory.
set -eu
channels=$1
environment=${2:-prod}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# 1. The incident. Exit 3: it is no notification, or names no service; the runner shows what stands on standard error.
holdpoint incident start --alertmanager - --format json > "$work/incident.json"

# What holdpoint prints has a line for each value; with jq: .incident.id and .incident.services[].
id=$(sed -n 's/^    "id": "\([^"]*\)",$/\1/p' "$work/incident.json" | head -n 1)
services=$(awk '/^    "services": \[$/ { inside = 1; next } inside && /\]/ { exit } inside { gsub(/[ ",]/, ""); print }' \
    "$work/incident.json")

# 2. A playbook for each service, in the place of the one before.
mkdir -p "$channels"
for service in $services; do
    file=$channels/$id-$service
    holdpoint playbook "$service" --env "$environment" --incident "$id" --format markdown > "$work/playbook.md"
    cmp -s "$work/playbook.md" "$file.md" || mv "$work/playbook.md" "$file.md"
    # For incident software: the same, and until when it holds.
    holdpoint playbook "$service" --env "$environment" --incident "$id" --format json > "$work/playbook.json"
    mv "$work/playbook.json" "$file.json"
done
