extension HouseRule {
    /// What a pure room may import. Everything else (I/O, clocks, loggers, Foundation) belongs to the shells.
    static let pureRooms: [String: Set<String>] = [
        "Sources/Router/CloudEvents/": ["NIOCore"],
        "Sources/Router/EventLog/": ["CloudEvents", "NIOCore"],
        "Sources/Router/Transforms/": ["CloudEvents", "NIOCore"],
        "Sources/Router/Subscriptions/": ["CloudEvents", "EventLog", "Transforms", "WebhookSignatures", "NIOCore"],
        "Sources/Router/Identity/": ["Crypto"],
        "Sources/Router/TenantLimits/": [],
        "Sources/Router/Webhooks/": [
            "CloudEvents", "EventLog", "NetworkGuard", "Transforms", "WebhookSignatures", "NIOCore", "Crypto",
            "DequeModule",
            "Synchronization",
        ],
        "Sources/Router/Delivery/": [
            "CloudEvents", "EventLog", "Subscriptions", "Transforms", "WebhookSignatures", "NIOCore", "Collections",
            "DequeModule",
            "HeapModule", "OrderedCollections",
        ],
        "Sources/Router/NetworkGuard/": ["NIOCore"],
        "Sources/Router/Traces/": ["CloudEvents", "NIOCore", "Synchronization"],
        "Sources/Router/JSONSchema/": ["CloudEvents", "NIOCore"],
        "Sources/Router/EventTypes/": ["CloudEvents", "JSONSchema", "NIOCore"],
        "Sources/Router/WebhookSignatures/": ["NIOCore", "Crypto", "FoundationEssentials"],
    ]

    static func arrow(_ file: SourceFile) -> [Violation] {
        guard let room = Self.pureRooms.first(where: { file.path.hasPrefix($0.key) }) else { return [] }
        return file.code.indices.compactMap { line in
            guard let module = Self.importedModule(file.code[line]), !room.value.contains(module) else { return nil }
            return Violation(
                rule: .arrow, path: file.path, line: line, symbol: module,
                message: "a pure room does not import \(module)")
        }
    }

    /// `NIOCore` of `@testable public import struct NIOCore.ByteBuffer`.
    static func importedModule(_ line: String) -> String? {
        var words = line.split(separator: " ").drop { $0.hasPrefix("@") }
        words = words.drop { ["public", "package", "internal", "fileprivate", "private"].contains($0) }
        guard words.first == "import" else { return nil }
        words = words.dropFirst().drop {
            ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"].contains($0)
        }
        return words.first.map { String($0.prefix { $0 != "." }) }
    }
}
