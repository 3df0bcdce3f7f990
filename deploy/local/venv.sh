#!/bin/sh
# Makes .venv with exactly what requirements.lock names, and the members of this checkout on top, as they stand.
# uv does it, itself taken by its hash from deploy/local/uv.lock.txt. Every failure is one sentence.
set -eu
cd "$(dirname "$0")/../.."
python=${PYTHON:-python3}
needs_mb=1500

fail() {
    echo "sangam: $*" >&2
    exit 1
}

# Runs quietly; on failure says the sentence, and after it what the program said last.
step() {
    sentence=$1
    shift
    if ! "$@" >"$log" 2>&1; then
        if grep -qiE 'no space left|os error 28|quota exceeded' "$log"; then
            fail "The disk that holds $PWD is full: free some space and run the same command again."
        fi
        fail "$sentence $(grep -v '^ *$' "$log" | tail -n 1)"
    fi
}

command -v "$python" >/dev/null || fail "There is no \`$python\` on PATH: install Python 3.11 or newer and repeat."
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "\`$python\` is older than Python 3.11: install a newer one, and name it with PYTHON=… if it is not the first on PATH."
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
    fail "\`$python\` cannot make virtual environments: install its venv module (on Debian python3-venv) and repeat."
free_mb=$(df -Pm . | awk 'NR == 2 { print $4 }')
[ -d .venv ] || [ "$free_mb" -ge "$needs_mb" ] ||
    fail "The disk that holds $PWD has $free_mb MB free and Sangam needs $needs_mb MB there: free some space and run the same command again."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
# uv does not read pip's settings: a mirror that they name is told to it here.
index=${PIP_INDEX_URL:-$("$python" -m pip config get global.index-url 2>/dev/null || true)}
[ -z "$index" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-$index}"

[ -x .venv/bin/python ] || echo "Making .venv; the first time this takes a minute or two." >&2
[ -x .venv/bin/python ] || step "Making .venv failed:" "$python" -m venv .venv
step "Installing uv failed:" .venv/bin/python -m pip install --quiet --require-hashes --requirement deploy/local/uv.lock.txt
export VIRTUAL_ENV="$PWD/.venv"
step "Installing what requirements.lock names failed:" \
    .venv/bin/uv pip install --require-hashes --compile-bytecode --requirement requirements.lock
step "Installing Sangam's own members failed:" \
    .venv/bin/uv pip install --no-deps --no-build-isolation \
    -e libs/common -e services/enrolment -e services/scheduling -e services/notifications -e deploy/local
touch .venv/installed
