#!/usr/bin/env bash
# Runs `swift test` with a limit in seconds: run-tests.sh LIMIT ARGUMENTS. A run that stands still ends as a failure,
# and says where its threads stand, as far as there is a debugger to ask.
set -euo pipefail
limit=$1
shift

descendants() {
    local child
    for child in $(cat "/proc/$1/task/"*/children 2>/dev/null); do
        printf '%s\n' "$child"
        descendants "$child"
    done
}

end_all() {
    # shellcheck disable=SC2046 # one word for each process
    kill -KILL $(descendants "$run") "$run" 2>/dev/null || true
}

# What the tests have printed lies in a buffer of theirs.
say_where() {
    if command -v gdb >/dev/null; then
        timeout 120 gdb -p "$1" -batch -ex 'call (int)fflush(0)' -ex 'thread apply all backtrace 40' || true
    elif command -v lldb >/dev/null; then
        timeout 120 lldb -p "$1" --batch -o 'expression (int)fflush(0)' -o 'thread backtrace all' || true
    fi
}

"${SWIFT:-swift}" test "$@" &
run=$!
trap end_all EXIT
for ((waited = 0; waited < limit; waited++)); do
    sleep 1
    if ! kill -0 "$run" 2>/dev/null; then
        trap - EXIT
        wait "$run"
        exit
    fi
done
printf 'run-tests: the tests have not ended within %s seconds; their threads:\n' "$limit" >&2
for process in $(descendants "$run"); do
    case $(tr '\0' ' ' <"/proc/$process/cmdline" 2>/dev/null) in
    *.xctest\ *) say_where "$process" >&2 ;;
    esac
done
exit 1
