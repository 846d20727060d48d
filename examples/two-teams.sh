#!/usr/bin/env bash
# Two teams, two clones, one night: what each does reaches the other through Git, and in the end there is a report.
#
#     examples/two-teams.sh [FOLDER]      plays it in FOLDER (a new one unless told), and leaves there the two clones,
#                                         report.md, report.html and decisions.csv
#
# It needs `holdpoint` in PATH (HOLDPOINT names another) and `git`. Every step says what it expects, and the script
# ends with 1 where that isn't what came.
set -euo pipefail
shop=$(cd "$(dirname "$0")/shop" && pwd)
holdpoint=${HOLDPOINT:-holdpoint}
folder=${1:-$(mktemp -d)}
mkdir -p "$folder"
cd "$folder"

# Nobody's own configuration of Git takes part.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
unset HOLDPOINT_REGISTRY GITHUB_ACTIONS GITLAB_CI JENKINS_URL BUILDKITE CIRCLECI TF_BUILD

say() { printf '\n# %s\n' "$*"; }

# expect CODE TEAM COMMAND…: a command of holdpoint, typed by somebody in that team's clone.
expect() {
    local code=$1 team=$2 got=0
    shift 2
    printf '\n%s$ holdpoint %s\n' "$team" "$*"
    (cd "$team" && "$holdpoint" "$@") || got=$?
    if [ "$got" != "$code" ]; then
        printf 'expected exit %s, got %s\n' "$code" "$got" >&2
        exit 1
    fi
}

say "The shop's registry lies in a repository; both teams have a clone."
git init -q --bare -b main registry.git
git clone -q registry.git sre 2>/dev/null
cp -r "$shop"/. sre
printf '\n[git]\npublish = "push"\n' >>sre/holdpoint.toml
git -C sre config user.name Rosa
git -C sre config user.email rosa@example.com
git -C sre add -A
git -C sre commit -q -m "What the shop runs"
git -C sre push -q origin main
git clone -q registry.git security
git -C security config user.name Mina
git -C security config user.email mina@example.com

say "checkout is slow, and 2.4.0 ran well: SRE may go back to it."
expect 0 sre rollback-check checkout 2.4.0 --env prod

say "Meanwhile security learns that 2.4.0 has a hole. It is written down once, in security's clone."
expect 0 security flag-release checkout 2.4.0 --insecure --id CVE-2026-40110 \
    --title "Coupon codes can be guessed" --severity high --fixed-in 2.4.1

say "SRE's clone doesn't know yet. The command that would make the move asks what others have published, and holds."
expect 4 sre run checkout 2.4.0 --env prod -- echo "this is never printed"

say "It may be signed. SRE leaves the question in the record, which is shared as well."
expect 4 sre rollback-check checkout 2.4.0 --env prod --record

say "Security reads it there, and accepts it for tonight: by name, for one place and one release, for four hours."
expect 0 security sync
expect 0 security sign-off checkout 2.4.0 --env prod --accept CVE-2026-40110 --as security \
    --reason "rate limit is on; the shop is down" --ticket INC-482 --expires 4h

say "SRE brings that in, and goes."
expect 0 sre sync
expect 0 sre run checkout 2.4.0 --env prod --incident INC-482 -- echo "helm rolls checkout back to 2.4.0"

say "Security sees what was done, and that the record is as it was written."
expect 0 security sync
expect 0 security status checkout --env prod
expect 0 security log verify
expect 0 security log show checkout

say "And for whoever asks later: all of it in one report."
expect 0 security log report checkout --report markdown=../report.md --report html=../report.html
expect 0 security log export checkout --report csv=../decisions.csv
