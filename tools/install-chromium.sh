#!/bin/sh
# Puts Chromium and fonts with Vietnamese letters on this machine, for the tests in tests/browser.
# Debian and Ubuntu: by apt-get. Elsewhere: says what to do. Does nothing where both are there.
set -eu

say() { printf '%s\n' "$*"; }

have_chromium() {
    # Ubuntu's /usr/bin/chromium-browser may be a stub that only points to a snap: ask it
    for name in chromium chromium-browser google-chrome; do
        path=$(command -v "$name" 2>/dev/null) || continue
        "$path" --version >/dev/null 2>&1 && return 0
    done
    return 1
}

have_fonts() {
    # 1EBF is the letter of "thế", 1EF1 that of "thực": a font that has both has Vietnamese
    command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list ':charset=1ebf 1ef1' family)" ]
}

other_system() {
    say "This is not a system with apt-get. Please install by hand:"
    say "  Fedora:        sudo dnf install chromium google-noto-sans-fonts dejavu-sans-fonts"
    say "  Arch:          sudo pacman -S chromium noto-fonts"
    say "  macOS:         brew install --cask chromium     (fonts are there already)"
    say "  any other:     a Chromium or Chrome, then  export PARSTUDY_CHROMIUM=/path/to/chromium"
    exit 1
}

if [ -n "${PARSTUDY_CHROMIUM:-}" ] && [ -x "$PARSTUDY_CHROMIUM" ]; then
    say "Chromium: $PARSTUDY_CHROMIUM"
    exit 0
fi

packages=""
have_chromium || packages="chromium"
have_fonts || packages="$packages fonts-noto-core fonts-dejavu-core fontconfig"

if [ -z "$packages" ]; then
    say "Chromium and fonts are there."
    exit 0
fi

command -v apt-get >/dev/null 2>&1 || other_system

if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; then
    say "Run as root: apt-get install --no-install-recommends $packages"
    exit 1
fi

say "Installing:$(printf ' %s' $packages)"
apt_get() { sh "$(dirname "$0")/apt-get.sh" "$@"; }
apt_get update
# shellcheck disable=SC2086 # a list of packages
apt_get install -y --no-install-recommends $packages

have_chromium || {
    say "apt-get ended, but no Chromium answers. On Ubuntu: sudo snap install chromium,"
    say "or set PARSTUDY_CHROMIUM to a Chromium or Chrome."
    exit 1
}
say "Chromium and fonts are there."
