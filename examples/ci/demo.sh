#!/usr/bin/env bash
# The gate on a real clone: a commit that sets an image back is stopped, with an annotation on the very line and a
# comment that says what to do instead; going where it says passes; going forward again onto the unstable release is
# held.
#
#     examples/ci/demo.sh [HOLDPOINT]      the program; by default the one on the PATH
#
# Everything happens in a temporary folder. Exits with 0 when all of it came out as said above.
set -euo pipefail

holdpoint=$(command -v "${1:-holdpoint}") || { echo "there is no program ${1:-holdpoint}" >&2; exit 2; }
case "$holdpoint" in /*) ;; *) holdpoint=$PWD/$holdpoint ;; esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# As on a machine of its own, whatever CI this runs in.
unset "${!GITHUB_@}" "${!CI_@}" "${!GITLAB_@}" "${!GIT_@}" HOLDPOINT_REGISTRY CI 2>/dev/null || true
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 NO_COLOR=1
export GIT_AUTHOR_NAME=Ann GIT_AUTHOR_EMAIL=ann@example.com
export GIT_COMMITTER_NAME=Ann GIT_COMMITTER_EMAIL=ann@example.com

step() { printf '\n== %s\n' "$*"; }
fail() { echo "demo: $*" >&2; exit 1; }

manifest=clusters/prod/checkout.yaml

step "a deployment repository: what runs, and beside it what is known of it"
git init --quiet --bare --initial-branch=main origin.git
git clone --quiet origin.git setup 2>/dev/null
(
    cd setup
    git checkout --quiet -B main
    mkdir -p clusters/prod
    cat > "$manifest" <<'YAML'
apiVersion: apps/v1
kind: Deployment
metadata:
  name: checkout
  namespace: shop
spec:
  replicas: 3
  selector:
    matchLabels: { app: checkout }
  template:
    metadata:
      labels: { app: checkout }
    spec:
      containers:
        - name: checkout
          image: registry.example.com/shop/checkout:2.4.1
YAML
    cat > holdpoint.toml <<'TOML'
format = 1

[environment.prod]

[[gate.environment]]
name = "prod"
paths = ["clusters/prod/**"]

[service.checkout]
about = "Checkout API"
images = ["registry.example.com/shop/checkout"]
running = { prod = "2.4.1" }

[[service.checkout.release]]
version = "2.3.0"

[[service.checkout.release]]
version = "2.4.0"

[[service.checkout.release]]
version = "2.4.1"

# What security knows.
[advisory.CVE-2026-31337]
title = "Session fixation in token refresh"
severity = "high"
exploited = true
affects = [{ service = "checkout", versions = "<2.4.0", fixed_in = ["2.4.0"] }]

# What SRE knows.
[instability.INC-482]
title = "p99 latency x10 above 400 rps"
severity = "high"
affects = [{ service = "checkout", versions = "2.4.1" }]
TOML
    git add .
    git commit --quiet -m "Run checkout 2.4.1 in prod"
    git push --quiet origin main
)

git clone --quiet origin.git clone
cd clone
line=$(grep -n 'image:' "$manifest" | cut -d: -f1)

# Proposes a version on a branch of its own, and lets the gate judge it as CI does. Leaves its exit code in `code`.
propose() { # BRANCH VERSION MESSAGE
    git checkout --quiet -B "$1" origin/main
    sed -i.bak "s|\(shop/checkout\):.*|\1:$2|" "$manifest" && rm "$manifest.bak"
    git commit --quiet -am "$3"
    : > "$work/output"
    rm -f "$work/summary.md"
    code=0
    GITHUB_OUTPUT=$work/output GITHUB_STEP_SUMMARY=$work/summary.md \
        "$holdpoint" gate --diff origin/main..HEAD --report github=- --report "markdown=$work/comment.md" \
        --report "sarif=$work/gate.sarif" --report "junit=$work/gate.xml" --report "gitlab=$work/gate.json" \
        > "$work/annotations" || code=$?
    cat "$work/annotations"
    echo "exit code $code"
}

step "INC-482 is on: somebody sets the image back to 2.3.0, which security knows to be insecure"
propose back 2.3.0 "Roll checkout back to 2.3.0"
cat "$work/comment.md"
[ "$code" = 1 ] || fail "expected exit code 1"
grep -q "^::error .*file=$manifest,line=$line::.*CVE-2026-31337" "$work/annotations" || fail "no annotation on line $line"
grep -q "^## BLOCK: " "$work/comment.md" || fail "the comment doesn't begin with the verdict"
grep -q "say \`2.4.0\` in \`$manifest:$line\` instead" "$work/comment.md" || fail "the comment doesn't say what to do instead"
grep -A1 '^verdict<<' "$work/output" | grep -qx block || fail "GITHUB_OUTPUT doesn't say block"
cmp -s "$work/comment.md" "$work/summary.md" || fail "the step summary isn't the comment"

step "they take what it proposes: 2.4.0"
propose instead 2.4.0 "Roll checkout back to 2.4.0"
[ "$code" = 0 ] || fail "expected exit code 0"
git push --quiet origin instead:main

step "it is merged and deployed; CD says what runs"
git checkout --quiet -B main origin/main
"$holdpoint" observe checkout --env prod --running 2.4.0
git add -A
git commit --quiet -m "prod runs checkout 2.4.0"
git push --quiet origin main

step "a week later somebody sets it forward again, onto the release that brought the outage"
propose forward 2.4.1 "Update checkout to 2.4.1"
cat "$work/comment.md"
[ "$code" = 4 ] || fail "expected exit code 4"
grep -q "^::error .*file=$manifest,line=$line::.*INC-482" "$work/annotations" || fail "no annotation on line $line"
grep -q "^## HOLD: " "$work/comment.md" || fail "the comment doesn't begin with the verdict"

step "all as it should be"
