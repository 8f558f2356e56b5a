#!/usr/bin/env bash
# Runs the tests on Kafka once more, as built by `make test`, with the newer librdkafka of the confluent-kafka wheel.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

library=.build/services/librdkafka-new
if [ ! -e "$library/librdkafka.so.1" ]; then
    printf 'test-librdkafka-new: no newer librdkafka was installed; the tests ran with one only\n' >&2
    [ "${PORTARIUM_REQUIRE_SERVICES:-0}" != 1 ] || exit 1
    exit 0
fi
export LD_LIBRARY_PATH=$PWD/$library PORTARIUM_LIBRDKAFKA_NEW=1
exec scripts/run-tests.sh 600 --skip-build --experimental-maximum-parallelization-width 24 \
    --filter '^(KafkaEventLogTests|KafkaTestKitTests)\.'
