#!/usr/bin/env bash
# Makes sure that what the build needs is on this machine. Installs only what is missing, and only where it may
# (Debian and its kin, as root or with password-less sudo); otherwise it says in one sentence what to do.
set -euo pipefail

swift_minimum=6.2
packages=(libsqlite3-dev zlib1g-dev librdkafka-dev libssl-dev)

fail() {
    printf 'setup: %s\n' "$1" >&2
    exit 1
}

if ! command -v swift >/dev/null 2>&1; then
    fail "Swift is not installed. Install Swift ${swift_minimum} or newer from https://www.swift.org/install and try again."
fi

swift_version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
oldest=$(printf '%s\n%s\n' "$swift_minimum" "${swift_version:-0}" | sort -V | head -n 1)
if [ "$oldest" != "$swift_minimum" ]; then
    fail "Swift ${swift_version:-of an unknown version} is too old. Portarium needs Swift ${swift_minimum} or newer."
fi

# Only Debian's package names are known here; elsewhere (macOS, Fedora) the headers come with the system's own tools.
command -v dpkg >/dev/null 2>&1 || exit 0

missing=()
for package in "${packages[@]}"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
[ "${#missing[@]}" -gt 0 ] || exit 0

if [ "$(id -u)" -eq 0 ]; then
    elevate=()
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    elevate=(sudo -n)
else
    fail "missing packages: ${missing[*]}. Run: sudo apt-get install ${missing[*]}"
fi

printf 'setup: installing %s\n' "${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${elevate[@]}" apt-get update -qq </dev/null || printf 'setup: the package lists could not be refreshed\n' >&2
"${elevate[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null \
    || fail "apt-get could not install ${missing[*]}"
