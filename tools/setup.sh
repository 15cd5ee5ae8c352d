#!/bin/sh
# Makes .venv from the lock file, and the Debian packages where root allows. Run by make; safe to run again.
set -eu
cd "$(dirname "$0")/.."
say() { printf '\033[1msetup\033[0m  %s\n' "$*"; }

python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
    say "Python 3.11 or later is needed, and '$python' is not that. Install it, or name one: make PYTHON=python3.12"
    exit 1
}

# Debian packages: asked for by name, installed only where we may, and never a reason to stop unless nothing else works.
want() { # want COMMAND-OR-FILE PACKAGE PURPOSE FALLBACK
    { command -v "$1" >/dev/null 2>&1 || [ -e "$1" ]; } && return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "installing the Debian package $2 ($3)"
        [ -n "${apt_updated:-}" ] || { apt-get update -qq >/dev/null 2>&1 || true; apt_updated=1; }
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >/dev/null 2>&1 && return 0
    fi
    say "$2 is not here ($3); $4"
    return 1
}
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    want /nonexistent python3-venv "virtual environments" "please run: sudo apt install python3-venv" || exit 1
fi
if [ "$(uname -m)" != x86_64 ]; then
    want micropython micropython "runs the door controller's firmware" \
        "the door controller then runs under CPython, and its MicroPython tests are skipped" || true
fi
if [ "${1:-}" = test ]; then
    want chromium chromium "browser tests and screenshots" "browser tests are skipped" || true
    want mosquitto mosquitto "tests against a site's broker" "those tests are skipped" || true
fi

stamp=.venv/.stamp-$(cat lock/dev.txt pyproject.toml */pyproject.toml tools/setup.sh | cksum | tr -d ' ')
if [ ! -e "$stamp" ]; then
    say "making .venv with $("$python" --version) (a minute or two the first time)"
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r lock/dev.txt
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
        -e . -e sim -e models -e ops -e tools
    rm -f .venv/.stamp-*
    touch "$stamp"
    say "ready"
fi
