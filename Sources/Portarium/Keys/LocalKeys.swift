import EventDispatch
import EventLog
import Identity
import Logging
import Observability

/// The keys of a log, without a router.
struct LocalKeys: Sendable {
    /// Who makes keys here: whoever may write the log's files, or sign in to its brokers.
    static let principal = Principal(
        kind: .bootstrap, id: "command-line", name: "portarium keys", reach: .all, scopes: [.admin])

    let service: LogKeyService

    /// Opens the log of a configuration, makes its topic of keys where there is none, and runs `body`.
    /// - Throws: ``CommandFailure`` where the log cannot be had.
    static func with(
        _ configuration: RouterConfiguration, logger: Logger, _ body: (LocalKeys) async throws -> Void
    ) async throws {
        var configuration = configuration
        configuration.log.index = false
        let log = try await self.open(configuration, logger)
        do {
            let service = configuration.keyService(on: log.eventLog, logger: logger)
            let topics = configuration.allTopics(try configuration.routingTable())
            try await log.prepare(topics.filter { $0.topic == service.topic })
            try await service.load()
            try await body(LocalKeys(service: service))
        } catch {
            await log.close()
            throw self.failure(error)
        }
        await log.close()
    }

    private static func open(_ configuration: RouterConfiguration, _ logger: Logger) async throws -> any ServedLog {
        let metrics = PrometheusMetrics()
        if configuration.isOnKafka { return try KafkaServedLog(configuration, metrics: metrics, logger: logger) }
        do {
            return try await EmbeddedServedLog(configuration, metrics: metrics, logger: logger)
        } catch let failure as CommandFailure {
            throw CommandFailure(
                .failed,
                failure.message + "; a router that runs on it looks after its keys itself: ask it with --server")
        }
    }

    private static func failure(_ error: any Error) -> any Error {
        switch error {
        case let error as EventLogError:
            CommandFailure(error.code == .unavailable ? .unreachable : .failed, error.message)
        case let error as ServiceError: CommandFailure(.failed, error.message)
        default: error
        }
    }
}
