# Portarium: `make help` lists what there is.

SHELL := /usr/bin/env bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

SWIFT ?= swift
LISTEN ?= 127.0.0.1:8080
DATA ?= data
SEEDS ?= 1000
FROM ?= 1
BENCH ?=
SECONDS ?= 60
TARGET ?=

# An import that Package.swift does not name does not compile. Debug and release each keep one set of flags and one
# scratch path: another flag would build everything again.
BUILD := $(SWIFT) build --explicit-target-dependency-import-check error
SWIFT_FILES := Sources Tests Benchmarks Package.swift

.PHONY: help setup services build run test test-librdkafka-new lint format bench bench-kafka simulate fuzz clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-19s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what the build needs and this machine lacks
	@scripts/setup.sh

services: setup ## Install the Kafka brokers and small programs of the tests into .build/services
	@scripts/test-services.sh test

build: setup ## Build the release binary
	$(BUILD) -c release --product portarium

run: build ## Start the router on the embedded log (LISTEN=HOST:PORT DATA=DIR)
	@mkdir -p "$(DATA)"
	@echo "Portarium listens on http://$(LISTEN), its log is in $(DATA)/"
	@echo "  ready?  http://$(LISTEN)/readyz"
	@echo "  calls   http://$(LISTEN)/v1/openapi.yaml"
	@echo "  tour    README.md"
	@exec "$$($(SWIFT) build -c release --show-bin-path)/portarium" serve --listen "$(LISTEN)" --data-dir "$(DATA)"

# Tests that wait for programs and sockets run apart from those that only compute: all of one run start at once, on as
# many threads as there are cores, and what computes for seconds would eat the time limits of what waits. Of those that
# wait, some at a time: each has clients and brokers of its own.
WAITING_TESTS := ^(HTTPEventSinkTests|IntegrationTests|KafkaEventLogTests|KafkaTestKitTests|ObjectStoreTests|TraceExportTests)\.
SOME_AT_A_TIME := --experimental-maximum-parallelization-width 24

test: services ## Build everything in debug and run all tests, those on Kafka with both librdkafkas
	$(BUILD) --build-tests
	@SWIFT="$(SWIFT)" scripts/run-tests.sh 1200 --skip-build --skip '$(WAITING_TESTS)'
	@SWIFT="$(SWIFT)" scripts/run-tests.sh 1800 --skip-build $(SOME_AT_A_TIME) --filter '$(WAITING_TESTS)'
	@SWIFT="$(SWIFT)" scripts/test-librdkafka-new.sh

test-librdkafka-new: services ## Run the tests on Kafka with the librdkafka of the confluent-kafka wheel
	$(BUILD) --build-tests
	@SWIFT="$(SWIFT)" scripts/test-librdkafka-new.sh

lint: ## Check the style of all Swift sources
	$(SWIFT) format lint --strict --recursive --parallel $(SWIFT_FILES)

format: ## Rewrite all Swift sources in the house style
	$(SWIFT) format --in-place --recursive --parallel $(SWIFT_FILES)

bench: setup ## Measure, print a table, write .build/bench.json (BENCH='--quick --only ingress.single')
	$(BUILD) -c release --product portarium
	$(BUILD) -c release --product portarium-bench
	@"$$($(SWIFT) build -c release --show-bin-path)/portarium-bench" --output .build/bench.json $(BENCH)

bench-kafka: setup ## The same on Kafka, against loops in C and other tools, into the same file (BENCH='--quick')
	@scripts/test-services.sh test bench
	$(BUILD) -c release --product portarium
	$(BUILD) -c release --product portarium-bench
	@"$$($(SWIFT) build -c release --show-bin-path)/portarium-bench" --kafka --output .build/bench.json $(BENCH)

simulate: setup ## Run seeded schedules of the delivery machines (SEEDS=1000 FROM=1)
	@$(BUILD) -c release --product portarium-simulate
	@"$$($(SWIFT) build -c release --show-bin-path)/portarium-simulate" --seeds "$(SEEDS)" --from "$(FROM)"

fuzz: setup ## Fuzz what reads bytes from outside with libFuzzer (SECONDS=60 for each TARGET='event batch')
	@SWIFT="$(SWIFT)" scripts/fuzz.sh "$(SECONDS)" $(TARGET)

clean: ## Remove what was built (the data directory stays)
	rm -rf .build
