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

if ! command -v apt-get >/dev/null 2>&1 ||
    { [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; }; then
    say "Tesseract with Vietnamese is not there; tests of scanned files will be skipped."
    exit 0
fi

say "Installing: tesseract-ocr tesseract-ocr-vie"
apt_get() { sh "$(dirname "$0")/apt-get.sh" "$@"; }
apt_get update
apt_get install -y --no-install-recommends tesseract-ocr tesseract-ocr-vie
ready && say "Tesseract with Vietnamese is there."
