// swift-tools-version: 6.2
import PackageDescription

// The arrows of the house. `make` builds with `--explicit-target-dependency-import-check error`, so an import that is
// not named here does not compile. ◇ pure (no I/O, no clock, no logger) · ◆ shell · ▶ main.

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

func room(_ name: String, _ path: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: path, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: strict)
}

extension Target.Dependency {
    static let nioCore = product(name: "NIOCore", package: "swift-nio")
    static let nioPosix = product(name: "NIOPosix", package: "swift-nio")
    static let nioEmbedded = product(name: "NIOEmbedded", package: "swift-nio")
    static let nioHTTP1 = product(name: "NIOHTTP1", package: "swift-nio")
    static let nioFoundationCompat = product(name: "NIOFoundationCompat", package: "swift-nio")
    static let nioSSL = product(name: "NIOSSL", package: "swift-nio-ssl")
    static let httpTypes = product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = product(name: "Hummingbird", package: "hummingbird")
    static let hummingbirdCore = product(name: "HummingbirdCore", package: "hummingbird")
    static let hummingbirdTesting = product(name: "HummingbirdTesting", package: "hummingbird")
    static let asyncHTTPClient = product(name: "AsyncHTTPClient", package: "async-http-client")
    static let crypto = product(name: "Crypto", package: "swift-crypto")
    static let cryptoExtras = product(name: "CryptoExtras", package: "swift-crypto")
    static let jwtKit = product(name: "JWTKit", package: "jwt-kit")
    static let grdb = product(name: "GRDB", package: "GRDB.swift")
    static let grdbSQLite = product(name: "GRDBSQLite", package: "GRDB.swift")
    static let lifecycle = product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let lifecycleTestKit = product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle")
    static let unixSignals = product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let logging = product(name: "Logging", package: "swift-log")
    static let metrics = product(name: "Metrics", package: "swift-metrics")
    static let coreMetrics = product(name: "CoreMetrics", package: "swift-metrics")
    static let configuration = product(name: "Configuration", package: "swift-configuration")
    static let yams = product(name: "Yams", package: "Yams")
    static let argumentParser = product(name: "ArgumentParser", package: "swift-argument-parser")
    static let deque = product(name: "DequeModule", package: "swift-collections")
    static let heap = product(name: "HeapModule", package: "swift-collections")
}

let package = Package(
    name: "portarium",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "portarium", targets: ["Portarium"]),
        .executable(name: "portarium-bench", targets: ["Benchmarks"]),
        .executable(name: "portarium-simulate", targets: ["Simulate"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // ◇ what an event is, and how bytes and headers become one
        room("CloudEvents", "Sources/Router/CloudEvents", [.nioCore]),
        // ◇ the log as the router sees it: append, fetch, commit
        room("EventLog", "Sources/Router/EventLog", ["CloudEvents", .nioCore]),
        // ◇ what becomes of an event before it is sent; templates
        room("Transforms", "Sources/Router/Transforms", ["CloudEvents", .nioCore]),
        // ◇ who wants which events
        room(
            "Subscriptions", "Sources/Router/Subscriptions",
            ["CloudEvents", "EventLog", "Transforms", "WebhookSignatures", .nioCore]),
        // ◇ the delivery machines
        room(
            "Delivery", "Sources/Router/Delivery",
            [
                "CloudEvents", "EventLog", "Subscriptions", "Transforms", "WebhookSignatures", .nioCore, .deque, .heap,
            ]),
        // ◇ who may do what: principals, scopes, keys
        room("Identity", "Sources/Router/Identity", [.crypto]),
        // ◇ traces: spans, who decides about them, and how OTLP writes them
        room("Traces", "Sources/Router/Traces", ["CloudEvents", .nioCore]),
        // ◇ what a tenant may use: rates and caps
        room("TenantLimits", "Sources/Router/TenantLimits", []),
        // ◆ tokens of an issuer: its keys, over async-http-client, and what they sign
        room(
            "TokenVerification", "Sources/Router/TokenVerification",
            ["Identity", .jwtKit, .nioCore, .nioHTTP1, .asyncHTTPClient, .lifecycle, .logging]),
        // ◇ where requests that callers ask for may go
        room("NetworkGuard", "Sources/Router/NetworkGuard", [.nioCore]),
        // ◇ whether a webhook comes from whom it says
        room("WebhookSignatures", "Sources/Router/WebhookSignatures", [.nioCore, .crypto]),
        // ◇ where webhooks come in, what events they become, and which were there before
        room(
            "Webhooks", "Sources/Router/Webhooks",
            ["CloudEvents", "EventLog", "NetworkGuard", "Transforms", "WebhookSignatures", .nioCore, .crypto, .deque]),
        // ◆ secrets as they can be stored
        room("SecretSealing", "Sources/Router/SecretSealing", [.crypto]),
        // ◆ the loops that drive the machines; the services behind the API
        room(
            "EventDispatch", "Sources/Router/EventDispatch",
            [
                "CloudEvents", "EventLog", "EventTypes", "JSONSchema", "Subscriptions", "Delivery", "Identity",
                "NetworkGuard", "Observability", "SecretSealing", "TenantLimits", "Traces", "Transforms",
                "WebhookSignatures", "Webhooks", .nioCore, .lifecycle, .logging, .deque, .heap,
            ]),
        // zlib
        .systemLibrary(name: "CZlib", path: "Sources/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        // ◆ spans on their way to a collector, over async-http-client
        room(
            "TraceExport", "Sources/Router/TraceExport",
            ["Traces", "HTTPEventSink", "CZlib", .nioCore, .nioHTTP1, .asyncHTTPClient, .lifecycle]),
        // ◆ files of SQLite, for the log and for the indexes
        room("SQLiteFiles", "Sources/Router/SQLiteFiles", ["EventLog", .grdb, .grdbSQLite]),
        // ◆ webhooks that wait for the log, on a local disk
        room(
            "SQLiteSpool", "Sources/Router/SQLiteSpool",
            ["EventLog", "SQLiteFiles", "Webhooks", .nioCore, .grdb, .grdbSQLite, .crypto]),
        // ◆ the index of whatever log, fed through the seam; what it shares with the embedded log's own
        room(
            "EventIndexProjection", "Sources/Router/EventIndexProjection",
            ["EventLog", "SQLiteFiles", .nioCore, .grdb, .grdbSQLite, .lifecycle, .logging]),
        // ◆ the log on SQLite, and its index beside it
        room(
            "EmbeddedEventLog", "Sources/Router/EmbeddedEventLog",
            [
                "CloudEvents", "EventLog", "SQLiteFiles", "EventIndexProjection", .nioCore, .grdb, .grdbSQLite,
                .lifecycle, .logging, .deque,
            ]),
        // librdkafka, the C client
        .systemLibrary(
            name: "CRdKafka", path: "Sources/CRdKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        // ◆ the log on Kafka; the only room that names a Kafka client
        room(
            "KafkaEventLog", "Sources/Router/KafkaEventLog",
            ["CRdKafka", "CloudEvents", "EventLog", .nioCore, .nioPosix, .lifecycle, .logging, .deque]),
        // ◆ bytes under a key, outside the log: S3 over async-http-client
        room(
            "ObjectStore", "Sources/Router/ObjectStore",
            ["CloudEvents", .nioCore, .nioPosix, .nioHTTP1, .asyncHTTPClient, .crypto]),
        // ◆ large data on their way into an object store and out of it
        room(
            "ClaimCheck", "Sources/Router/ClaimCheck",
            ["CloudEvents", "EventLog", "Subscriptions", "Delivery", "ObjectStore", .nioCore, .crypto]),
        // ◆ what every HTTP surface shares: problem+json, tenant, limits
        room(
            "HTTPServing", "Sources/Router/HTTPServing",
            [
                "CloudEvents", "Identity", "Observability", .nioCore, .nioHTTP1, .httpTypes, .hummingbird,
                .hummingbirdCore, .logging,
            ]),
        // ◇ whether a value is what a JSON Schema asks for
        room("JSONSchema", "Sources/Router/JSONSchema", ["CloudEvents", .nioCore]),
        // ◇ which types of events there are, and whether data are what their types ask for
        room("EventTypes", "Sources/Router/EventTypes", ["CloudEvents", "JSONSchema", .nioCore]),
        // ◆ the event endpoint, the webhook endpoints
        room(
            "Ingress", "Sources/Router/Ingress",
            [
                "CloudEvents", "EventLog", "EventTypes", "HTTPServing", "Identity", "NetworkGuard", "Observability",
                "TenantLimits",
                "Traces",
                "WebhookSignatures",
                "Webhooks",
                .nioCore, .nioPosix, .nioHTTP1, .httpTypes,
                .hummingbird,
                .hummingbirdCore, .lifecycle, .logging, .deque,
            ]),
        // ◆ the calls that manage and ask
        .target(
            name: "RouterAPI",
            dependencies: [
                "CloudEvents", "EventLog", "EventTypes", "JSONSchema", "Subscriptions", "Delivery", "EventDispatch",
                "HTTPServing", "Identity", "NetworkGuard", "Observability", "TenantLimits", "Transforms",
                "WebhookSignatures", "Webhooks", .nioCore, .httpTypes, .hummingbird, .hummingbirdCore, .lifecycle,
                .logging,
            ],
            path: "Sources/Router/RouterAPI", resources: [.embedInCode("openapi.yaml")], swiftSettings: strict),
        // ◆ outbound delivery
        room(
            "HTTPEventSink", "Sources/Router/HTTPEventSink",
            [
                "CloudEvents", "EventLog", "Subscriptions", "Delivery", "NetworkGuard", "Traces", "WebhookSignatures",
                .nioCore, .nioPosix, .nioHTTP1, .nioSSL, .asyncHTTPClient, .crypto, .logging,
            ]),
        // ◆ metric names, log handlers, Prometheus exposition
        room("Observability", "Sources/Router/Observability", [.logging, .metrics, .coreMetrics]),
        // ▶ the binary
        .executableTarget(
            name: "Portarium",
            dependencies: [
                "CloudEvents", "EventLog", "EventTypes", "Subscriptions", "Delivery", "EventDispatch",
                "EmbeddedEventLog", "EventIndexProjection", "KafkaEventLog", "ObjectStore", "ClaimCheck", "HTTPServing",
                "Ingress", "Identity", "RouterAPI", "JSONSchema", "SQLiteSpool", "SecretSealing", "TenantLimits",
                "TokenVerification", "Transforms", "WebhookSignatures", "Webhooks", "HTTPEventSink", "NetworkGuard",
                "Observability", "Traces", "TraceExport", .nioCore, .nioPosix, .nioHTTP1, .httpTypes,
                .hummingbird, .asyncHTTPClient, .lifecycle, .unixSignals, .logging, .metrics, .coreMetrics,
                .configuration, .yams, .argumentParser,
            ],
            path: "Sources/Portarium", swiftSettings: strict),
        // ▶ measurements
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "CloudEvents", "EventLog", "KafkaEventLog", "KafkaTestKit", "Observability", "Subscriptions",
                "ProcessKit",
                .nioCore, .nioPosix, .nioHTTP1, .httpTypes, .hummingbird, .asyncHTTPClient, .crypto, .logging,
            ],
            path: "Benchmarks", exclude: ["KafkaLoops"], swiftSettings: strict),
        // ▶ seeded schedules from the command line
        .executableTarget(
            name: "Simulate", dependencies: ["SimulationKit"], path: "Tests/Simulate", swiftSettings: strict),

        // Kits: doubles and worlds that several test targets share.
        .target(
            name: "RouterTestKit",
            dependencies: [
                "CloudEvents", "EventLog", "Subscriptions", "Delivery", "Traces", .nioCore, .nioPosix, .nioHTTP1,
                .logging,
            ],
            path: "Tests/RouterTestKit", swiftSettings: strict),
        .target(
            name: "SimulationKit",
            dependencies: ["CloudEvents", "EventLog", "Subscriptions", "Delivery", .nioCore],
            path: "Tests/SimulationKit", swiftSettings: strict),
        .target(
            name: "ProcessKit", dependencies: [.nioCore, .nioPosix, .nioHTTP1, .asyncHTTPClient],
            path: "Tests/ProcessKit", swiftSettings: strict),

        .target(
            name: "KafkaTestKit", dependencies: ["ProcessKit", .nioCore, .nioPosix, .nioSSL, .crypto, .deque],
            path: "Tests/KafkaTestKit", swiftSettings: strict),
        .target(
            name: "ObjectStoreTestKit",
            dependencies: ["KafkaTestKit", "ProcessKit", .nioCore, .nioPosix, .nioHTTP1, .asyncHTTPClient],
            path: "Tests/ObjectStoreTestKit", swiftSettings: strict),
        .target(
            name: "TokenIssuerKit",
            dependencies: ["Identity", .jwtKit, .cryptoExtras, .hummingbird, .hummingbirdTesting, .nioCore],
            path: "Tests/TokenIssuerKit", swiftSettings: strict),
        .target(
            name: "BrokerTraits", dependencies: ["KafkaTestKit"], path: "Tests/BrokerTraits", swiftSettings: strict),
        .target(
            name: "WebhookTestKit",
            dependencies: [
                "CloudEvents", "EventDispatch", "EventLog", "HTTPServing", "Ingress", "RouterTestKit", "SecretSealing",
                "Traces", "WebhookSignatures", "Webhooks", .nioCore, .nioPosix, .httpTypes, .hummingbird,
                .hummingbirdTesting,
                .crypto, .lifecycle, .logging,
            ],
            path: "Tests/WebhookTestKit", swiftSettings: strict),
        .target(
            name: "FuzzKit",
            dependencies: [
                "CloudEvents", "EventLog", "JSONSchema", "NetworkGuard", "Subscriptions", "Traces", "Transforms",
                "WebhookSignatures", "Webhooks",
                .nioCore,
            ],
            path: "Tests/FuzzKit", swiftSettings: strict),

        tests("CloudEventsTests", ["CloudEvents", "EventLog", "RouterTestKit", "FuzzKit", .nioCore]),
        tests("FuzzTests", ["FuzzKit"]),
        tests(
            "SubscriptionsTests",
            ["CloudEvents", "EventLog", "Subscriptions", "RouterTestKit", "Transforms", "WebhookSignatures", .nioCore]),
        tests("DeliveryTests", ["CloudEvents", "EventLog", "Subscriptions", "Delivery", "RouterTestKit", .nioCore]),
        tests(
            "EventDispatchTests",
            [
                "CloudEvents", "EventLog", "EventTypes", "JSONSchema", "Subscriptions", "Delivery", "EventDispatch",
                "Identity", "RouterTestKit", "SecretSealing", "TenantLimits", "Traces", "Transforms",
                "WebhookSignatures", "Webhooks", .nioCore, .lifecycle, .logging,
            ]),
        tests(
            "EmbeddedEventLogTests",
            [
                "CloudEvents", "EventLog", "EventIndexProjection", "EmbeddedEventLog", "RouterTestKit", .nioCore, .grdb,
                .logging,
            ]),
        tests(
            "EventIndexProjectionTests",
            ["EventLog", "EventIndexProjection", "RouterTestKit", .nioCore, .grdb, .lifecycle, .logging]),
        tests(
            "KafkaEventLogTests",
            [
                "BrokerTraits", "CRdKafka", "CloudEvents", "EventLog", "KafkaEventLog", "KafkaTestKit", "ProcessKit",
                "RouterTestKit", .nioCore, .logging,
            ]),
        tests(
            "IngressTests",
            [
                "CloudEvents", "EventLog", "EventTypes", "HTTPServing", "Identity", "Ingress", "JSONSchema",
                "RouterTestKit", "TenantLimits", "Traces", .nioCore,
                .nioPosix,
                .nioEmbedded,
                .nioHTTP1, .httpTypes, .hummingbird, .hummingbirdCore, .hummingbirdTesting, .logging,
            ]),
        tests(
            "ObjectStoreTests",
            [
                "CloudEvents", "ObjectStore", "ObjectStoreTestKit", "RouterTestKit", .nioCore,
            ]),
        tests(
            "ClaimCheckTests",
            [
                "CloudEvents", "EventLog", "Subscriptions", "Delivery", "ObjectStore", "ClaimCheck", "RouterTestKit",
                .nioCore,
            ]),
        tests(
            "RouterAPITests",
            [
                "CloudEvents", "EventLog", "Subscriptions", "EventDispatch", "HTTPServing", "Identity", "NetworkGuard",
                "RouterAPI", "RouterTestKit", "TenantLimits", "WebhookSignatures", "Webhooks",
                .nioCore, .nioPosix, .nioHTTP1, .httpTypes, .hummingbird, .hummingbirdCore, .hummingbirdTesting,
                .lifecycle,
                .logging, .yams,
            ]),
        tests(
            "HTTPEventSinkTests",
            [
                "CloudEvents", "EventLog", "Subscriptions", "Delivery", "HTTPEventSink", "NetworkGuard", "ProcessKit",
                "RouterTestKit", "Traces", "WebhookSignatures", .nioCore, .nioPosix, .nioHTTP1, .logging,
            ]),
        tests("NetworkGuardTests", ["NetworkGuard", "Subscriptions", "FuzzKit", .nioCore]),
        tests("TracesTests", ["CloudEvents", "Traces", .nioCore]),
        tests(
            "TraceExportTests",
            [
                "CloudEvents", "Traces", "TraceExport", "RouterTestKit", .nioCore, .lifecycle, .lifecycleTestKit,
            ]),
        tests("IdentityTests", ["Identity"]),
        tests("TenantLimitsTests", ["TenantLimits"]),
        tests(
            "TokenVerificationTests",
            ["Identity", "TokenIssuerKit", "TokenVerification", .jwtKit, .logging]),
        tests("TransformsTests", ["CloudEvents", "FuzzKit", "Transforms", .nioCore]),
        tests("WebhookSignaturesTests", ["WebhookSignatures", "FuzzKit", .nioCore, .crypto]),
        tests(
            "WebhooksTests",
            [
                "CloudEvents", "EventDispatch", "EventLog", "FuzzKit", "Ingress", "RouterTestKit", "SQLiteSpool",
                "SecretSealing", "Traces", "Transforms", "WebhookSignatures", "WebhookTestKit", "Webhooks", .nioCore,
                .nioPosix, .logging,
            ]),
        tests("SQLiteSpoolTests", ["EventLog", "RouterTestKit", "SQLiteSpool", "Webhooks", .nioCore, .grdb]),
        tests("ObservabilityTests", ["Observability", .metrics, .coreMetrics, .logging]),
        tests("SimulationTests", ["SimulationKit"]),
        tests(
            "ConformanceTests",
            [
                "CloudEvents", "EventLog", "JSONSchema", "Subscriptions", "RouterTestKit", "WebhookSignatures",
                "WebhookTestKit", .nioCore, .yams,
            ]),
        tests("EventTypesTests", ["CloudEvents", "EventTypes", "JSONSchema", .nioCore]),
        tests("JSONSchemaTests", ["CloudEvents", "FuzzKit", "JSONSchema"]),
        tests(
            "IntegrationTests",
            [
                "BrokerTraits", "CloudEvents", "HTTPEventSink", "Identity", "KafkaTestKit", "ObjectStoreTestKit",
                "Observability", "ProcessKit", "TokenIssuerKit", "WebhookSignatures", .nioCore, .nioPosix, .nioSSL,
                .nioHTTP1, .crypto, .grdb,
            ]),
        tests(
            "PortariumTests",
            [
                "CloudEvents", "EventDispatch", "EventLog", "ClaimCheck", "HTTPEventSink", "Identity", "Ingress",
                "KafkaEventLog", "NetworkGuard", "ObjectStore", "Portarium", "RouterAPI", "SecretSealing",
                "TenantLimits", "Webhooks",
                .nioCore,
                .httpTypes, .hummingbird, .hummingbirdTesting, .configuration, .argumentParser, .logging,
            ]),
        tests("BenchmarksTests", ["Benchmarks", .nioCore]),
        tests(
            "KafkaTestKitTests",
            [
                "BrokerTraits", "CRdKafka", "KafkaTestKit", "ObjectStoreTestKit", "ProcessKit", .nioCore, .nioPosix,
            ]),
        tests("TidyTests", []),
    ],
    swiftLanguageModes: [.v6]
)
