#!/usr/bin/env bash
# Shows what receivers are sent to receivers that are real: the libraries by which they verify, parse and take it.
#
#     tests/receivers/run.sh
#
# The libraries are set up below target/ with pip. Where they can't be had it says so, and is content. It takes less than
# three minutes, or is ended.
set -euo pipefail
cd "$(dirname "$0")/../.."

python=${PYTHON:-python3}
venv=target/receivers
wanted=tests/receivers/requirements.txt

skip() {
    echo "skipped: real receivers: $*"
    exit 0
}

if ! cmp -s "$wanted" "$venv/has"; then
    rm -rf "$venv"
    timeout 30 "$python" -m venv "$venv" >/dev/null 2>&1 || skip "there is no Python with venv"
    timeout 75 "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$wanted" >/dev/null 2>&1 ||
        skip "pip can't install what is in $wanted"
    cp "$wanted" "$venv/has"
fi

# This test writes what receivers are sent into target/tmp/receivers.
cargo test --locked --quiet --test all -- telling::bodies >/dev/null
timeout 45 "$venv/bin/python" tests/receivers/check.py target/tmp/receivers ../shared/validate.py
