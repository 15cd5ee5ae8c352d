#!/bin/sh
# Makes .venv from the lock file, and the Debian packages where root allows. Run by make; safe to run again, and then
# done in a moment.
set -eu
cd "$(dirname "$0")/.."
say() { printf '\033[1msetup\033[0m  %s\n' "$*"; }

python=${PYTHON:-python3}
here=$(pwd)
stamp=.venv/.stamp-$({ echo "$here"; cat lock/dev.txt lock/pcsc.txt pyproject.toml */pyproject.toml tools/setup.sh; } | cksum | tr -d ' ')
ready() { [ -e "$stamp" ] && [ -x .venv/bin/python ]; }

# Debian packages: asked for by name, installed only where we may, and never a reason to stop unless nothing else works.
want() { # want COMMAND PACKAGE PURPOSE FALLBACK
    PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null 2>&1 && return 0 # servers are not on every user's path
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        say "installing the Debian package $2 ($3)"
        [ -n "${apt_updated:-}" ] || { apt-get update -qq >/dev/null 2>&1 || true; apt_updated=1; }
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >/dev/null 2>&1 && return 0
        say "apt-get could not install $2; $4"
    else
        say "$2 is not here and only root may install it ($3); $4"
    fi
    return 1
}

quietly() { # quietly WHAT COMMAND...: what it says matters only when it fails
    what=$1
    shift
    "$@" >.venv/setup.log 2>&1 && return 0
    grep -v '^WARNING' .venv/setup.log | tail -n 20 | cut -c1-300 >&2
    say "$what failed (above; everything in .venv/setup.log). Mend it and run make again"
    exit 1
}

make_venv() {
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
        say "Python 3.11 or later is needed, and '$python' is not that. Install it, or name one: make PYTHON=python3.12"
        exit 1
    }
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        want a-command-nobody-has python3-venv "virtual environments" "please run: sudo apt install python3-venv" || exit 1
    say "making .venv with $("$python" --version) (a minute or two the first time)"
    # Its commands name the folder that they were made in, so an environment that was moved is made anew.
    if [ ! -x .venv/bin/python ] || [ "$(cat .venv/.made-in 2>/dev/null)" != "$here" ]; then
        "$python" -m venv --clear .venv
        echo "$here" >.venv/.made-in
    fi
    pip="-m pip install --quiet --disable-pip-version-check"
    # shellcheck disable=SC2086 # several words on purpose
    quietly "Installing the locked packages" .venv/bin/python $pip --require-hashes -r lock/dev.txt
    # shellcheck disable=SC2086
    quietly "Installing egate itself" .venv/bin/python $pip --no-deps --no-build-isolation \
        -e . -e sim -e models -e ops -e tools
    rm -f .venv/.stamp-*
    touch "$stamp"
    say "ready"
}

# PC/SC: the service with a virtual reader, and Python's way to it, which is built from source. Without them the tests of
# that driver are skipped.
make_service() { # make_service FALLBACK
    want pcscd pcscd "the PC/SC service" "$1" && want vpcd-config vsmartcard-vpcd "its virtual reader" "$1"
}

make_pcsc() {
    skipped="tests against a PC/SC reader are skipped"
    make_service "$skipped" || return 0
    .venv/bin/python -c 'import smartcard.scard' 2>/dev/null && return 0
    want cc gcc "builds pyscard" "$skipped" && want swig swig "builds pyscard" "$skipped" || return 0
    [ -e /usr/include/PCSC/winscard.h ] ||
        want a-command-nobody-has libpcsclite-dev "builds pyscard" "$skipped" || return 0
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r lock/pcsc.txt \
        >.venv/pcsc.log 2>&1 || say "pyscard cannot be built (.venv/pcsc.log); $skipped"
}

# The inference runtime under its former name, in an environment of its own because it wants an older NumPy.
make_legacy() {
    [ ! -e .venv/legacy/.made-from ] || ! cmp -s lock/legacy.txt .venv/legacy/.made-from || return 0
    skipped="tests with the former inference runtime are skipped"
    .venv/bin/python -c 'import sys; sys.exit(sys.version_info >= (3, 12))' || return 0 # it has no wheels beyond 3.11
    .venv/bin/python -m venv --clear --without-pip .venv/legacy &&
        .venv/bin/python -m pip --python .venv/legacy/bin/python install --quiet --disable-pip-version-check \
            --only-binary :all: --require-hashes -r lock/legacy.txt >.venv/legacy.log 2>&1 &&
        cp lock/legacy.txt .venv/legacy/.made-from || say "tflite-runtime cannot be installed (.venv/legacy.log); $skipped"
}

# The camera package of Raspberry Pi OS, as text: its calls are compared with those that the driver makes.
make_picamera2() {
    [ ! -e .venv/picamera2/.made-from ] || ! cmp -s lock/picamera2.txt .venv/picamera2/.made-from || return 0
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile --upgrade \
        --target .venv/picamera2 --require-hashes -r lock/picamera2.txt >.venv/picamera2.log 2>&1 &&
        cp lock/picamera2.txt .venv/picamera2/.made-from ||
        say "picamera2 cannot be fetched (.venv/picamera2.log); its calls are not compared"
}

if [ "$(uname -m)" != x86_64 ]; then
    want micropython micropython "runs the door controller's firmware" \
        "the door controller then runs under CPython, and its MicroPython tests are skipped" || true
fi
if [ "${1:-}" = test ]; then
    want chromium chromium "browser tests and pictures" "browser tests are skipped" || true
    want mosquitto mosquitto "tests against a site's broker" "those tests are skipped" || true
fi
ready || make_venv
case ${1:-} in
chip) make_service "please run: sudo apt install pcscd vsmartcard-vpcd" || exit 1 ;;
test)
    make_pcsc
    make_legacy
    make_picamera2
    ;;
esac
