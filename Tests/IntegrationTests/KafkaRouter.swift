import Foundation
import KafkaTestKit
import ProcessKit

/// One router on a broker of its own, for tests that were written for the embedded log.
struct KafkaRouter {
    let broker: NoidaBroker
    /// What the router is started with.
    let arguments: [String]

    /// Runs `body` and leaves no broker behind on any path. The router keeps its name over its lives: the broker never
    /// forgets one that was killed.
    static func with<R>(in directory: URL, _ body: (KafkaRouter) async throws -> R) async throws -> R {
        try await NoidaBroker.with { broker in
            let file = directory.appendingPathComponent("kafka.yaml")
            let configuration = """
                kafka:
                  brokers: ["\(broker.bootstrap)"]
                  instanceId: one
                  sessionTimeoutMilliseconds: 6000
                """
            try Data(configuration.utf8).write(to: file)
            return try await body(KafkaRouter(broker: broker, arguments: ["--config", file.path]))
        }
    }
}
