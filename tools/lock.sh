#!/bin/sh
# Writes the lock files anew: every version pinned and hashed, for x86-64 and aarch64, Python 3.11 and later.
set -eu
cd "$(dirname "$0")/.."
export CUSTOM_COMPILE_COMMAND="make lock"
lock() { "${UV:-uv}" pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-annotate "$@"; }
lock pyproject.toml lock/dev.in -o lock/dev.txt
lock pyproject.toml -c lock/dev.txt -o lock/gate.txt
lock lock/pcsc.in -o lock/pcsc.txt
lock lock/legacy.in -o lock/legacy.txt
{
    echo "# The real package's calls, read and never run: it needs libcamera, which is no Python package."
    "${UV:-uv}" pip compile --quiet --upgrade --python-version 3.11 --python-platform aarch64-manylinux_2_28 --no-deps \
        --generate-hashes --no-emit-index-url --no-annotate --no-header lock/picamera2.in
} >lock/picamera2.txt
