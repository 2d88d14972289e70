#!/bin/sh
# apt-get as root; where another program is busy with the packages it waits, five minutes at most.
set -u
: "${PARSTUDY_APT_PAUSE:=5}"

root=""
[ "$(id -u)" -eq 0 ] || root="sudo"

left=60
while :; do
    # LC_ALL: what it says is read below
    said=$($root env DEBIAN_FRONTEND=noninteractive LC_ALL=C \
        apt-get -qq -o DPkg::Lock::Timeout=300 "$@" 2>&1) && exit 0
    code=$?
    case $said in
        *"Could not get lock"* | *"Unable to acquire"* | *"Unable to lock"*) ;;
        *) left=0 ;;
    esac
    if [ "$left" -eq 0 ]; then
        printf '%s\n' "$said" >&2
        exit "$code"
    fi
    [ "$left" -lt 60 ] || printf '%s\n' "Another program is busy with the packages; waiting for it."
    left=$((left - 1))
    sleep "$PARSTUDY_APT_PAUSE"
done
