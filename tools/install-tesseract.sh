#!/bin/sh
# Puts Tesseract with Vietnamese on this machine, for the tests of scanned PDF files.
# Debian and Ubuntu: by apt-get. Elsewhere it says so and the tests skip.
set -eu

say() { printf '%s\n' "$*"; }

ready() {
    command -v tesseract >/dev/null 2>&1 && tesseract --list-langs 2>/dev/null | grep -qx vie
}

if ready; then
    say "Tesseract with Vietnamese is there."
    exit 0
fi

root=""
[ "$(id -u)" -eq 0 ] || root="sudo"
if ! command -v apt-get >/dev/null 2>&1 || { [ -n "$root" ] && ! command -v sudo >/dev/null 2>&1; }; then
    say "Tesseract with Vietnamese is not there; tests of scanned files will be skipped."
    exit 0
fi

say "Installing: tesseract-ocr tesseract-ocr-vie"
$root apt-get update -qq
DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends \
    tesseract-ocr tesseract-ocr-vie
ready && say "Tesseract with Vietnamese is there."
