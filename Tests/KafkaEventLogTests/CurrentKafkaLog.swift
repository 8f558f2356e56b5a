import EventLog
import KafkaEventLog
import Logging
import Synchronization

/// A prefix for topics and groups that no other test has.
func unusedPrefix() -> String { "t\(UInt64.random(in: 0...(.max)))" }

/// The client that a test has open now.
final class CurrentKafkaLog: Sendable {
    static let recordBytesMax = 900_000
    private let configuration: KafkaEventLogConfiguration
    private let state: Mutex<KafkaEventLog>

    init(
        brokers: String, prefix: String, session: Int = 6_000,
        _ change: (inout KafkaEventLogConfiguration) -> Void = { _ in }
    ) async throws {
        var configuration = KafkaEventLogConfiguration(brokers: brokers)
        configuration.prefix = prefix
        configuration.sessionTimeoutMilliseconds = session
        configuration.recordBytesMax = Self.recordBytesMax
        change(&configuration)
        self.configuration = configuration
        self.state = Mutex(try Self.open(configuration))
    }

    var log: KafkaEventLog { self.state.withLock { $0 } }

    func reopen() async throws -> KafkaEventLog {
        await self.log.close()
        let log = try Self.open(self.configuration)
        self.state.withLock { $0 = log }
        return log
    }

    private static func open(_ configuration: KafkaEventLogConfiguration) throws -> KafkaEventLog {
        var logger = Logger(label: "kafka-test")
        logger.logLevel = .error
        return try KafkaEventLog(configuration: configuration, logger: logger)
    }
}
