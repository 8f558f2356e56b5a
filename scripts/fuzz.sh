#!/usr/bin/env bash
# Fuzzes with libFuzzer whatever takes bytes from outside apart: scripts/fuzz.sh SECONDS [TARGET]…, SECONDS for each
# target, all targets where none is named (Tests/FuzzKit/FuzzTarget.swift has the names).
#
# The pure rooms and Tests/FuzzKit are compiled once more, with coverage and the address sanitizer, into .build/fuzz; the
# package's own builds are left alone. What libFuzzer learned stays in .build/fuzz/corpus for the next time.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

swift=${SWIFT:-swift}
time_max=${1:?seconds for each target}
shift
targets=("$@")
if [ "${#targets[@]}" -eq 0 ]; then
    targets=(event batch httpMessage kafkaRecord recordHeaders contentType timestamp expression filter subscription host
        network schema pattern webhook spooledDelivery traceHeaders exportAnswer)
fi

fail() {
    printf 'fuzz: %s\n' "$1" >&2
    exit 1
}

# What the rooms stand on comes from the ordinary release build.
"$swift" build --explicit-target-dependency-import-check error -c release --target FuzzKit
built=$("$swift" build -c release --show-bin-path)
out=.build/fuzz
mkdir -p "$out/findings"

compiler=$(dirname "$(command -v "$swift")")/swiftc
flags=(-O -wmo -swift-version 6 -package-name portarium -parse-as-library -sanitize=fuzzer,address -I "$out" -I "$built/Modules")
shopt -s nullglob
for map in .build/checkouts/{swift-nio,swift-atomics,swift-crypto}/Sources/*/include/module.modulemap \
    "$built"/{CNIO,_Atomics}*.build/module.modulemap; do
    flags+=(-Xcc "-fmodule-map-file=$map")
done

compile() { # MODULE FILE…
    local module=$1
    shift
    "$compiler" "${flags[@]}" -module-name "$module" -emit-module -emit-module-path "$out/$module.swiftmodule" \
        -c -o "$out/$module.o" "$@" || fail "$module does not compile for libFuzzer; make test runs mutations without it"
}

objects=()
for room in CloudEvents EventLog JSONSchema NetworkGuard Subscriptions Traces WebhookSignatures Webhooks; do
    mapfile -d '' -t files < <(find "Sources/Router/$room" -name '*.swift' -print0)
    compile "$room" "${files[@]}"
    objects+=("$out/$room.o")
done
compile FuzzKit Tests/FuzzKit/*.swift
compile FuzzEntry Tests/Fuzz/*.swift
objects+=("$out/FuzzKit.o" "$out/FuzzEntry.o")
for folder in "$built"/{NIOCore,NIOConcurrencyHelpers,_NIO{Base64,DataStructures},Atomics,_Atomics*,DequeModule,InternalCollectionsUtilities}.build \
    "$built"/CNIO{Atomics,Darwin,FreeBSD,Linux,OpenBSD,Posix,WASI,Windows}.build \
    "$built"/{Crypto,CryptoBoringWrapper,CCryptoBoringSSL,CCryptoBoringSSLShims,CXKCP,CXKCPShims,SwiftASN1}.build; do
    mapfile -d '' -t files < <(find "$folder" -name '*.o' -print0)
    objects+=("${files[@]}")
done
"$compiler" -use-ld=lld -sanitize=fuzzer,address -o "$out/fuzz" "${objects[@]}"

# A trap shall end the process at once, so that libFuzzer sees it and keeps the input.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0}
for target in "${targets[@]}"; do
    corpus=$out/corpus/$target
    mkdir -p "$corpus"
    export FUZZ_TARGET=$target
    FUZZ_SEEDS=$corpus FUZZ_DICTIONARY=$out/$target.dict "$out/fuzz" -runs=0 >"$out/$target.log" 2>&1 ||
        fail "$target does not start: $(tail -n 1 "$out/$target.log")"
    if ! "$out/fuzz" "$corpus" -dict="$out/$target.dict" -artifact_prefix="$out/findings/$target-" -max_len=4096 \
        -max_total_time="$time_max" -timeout=10 -rss_limit_mb=2048 </dev/null >"$out/$target.log" 2>&1; then
        grep -aE 'Fatal error|ERROR:|Test unit written' "$out/$target.log" >&2 || tail -n 20 "$out/$target.log" >&2
        fail "$target has a finding; repeat it with FUZZ_TARGET=$target $out/fuzz FILE"
    fi
    printf '%-14s %s\n' "$target" "$(grep -aE '^#[0-9]+.*(DONE|cov:)' "$out/$target.log" | tail -n 1)"
done
