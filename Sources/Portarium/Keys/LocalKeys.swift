import EventDispatch
import EventLog
import Identity
import Ingress
import Logging
import Observability

/// The keys of a log, without a router.
struct LocalKeys: Sendable {
    /// Who makes keys here: whoever may write the log's files, or sign in to its brokers.
    static let principal = Principal(
        kind: .bootstrap, id: "command-line", name: "portarium keys", reach: .all, scopes: [.admin])

    /// Whose event it is that a key of all tenants was made or deleted.
    private static let platformTenant = "default"

    let service: LogKeyService
    private let trail: any AuditTrail

    /// Tells what was done, as a router does.
    /// - Throws: ``CommandFailure``: it is done, and not told.
    func note(_ kind: AdministrativeAct.Kind, _ record: APIKeyRecord) async throws {
        var tenant = Self.platformTenant
        if case .one(let own) = record.reach { tenant = own }
        do {
            try await self.trail.append(.act(.key(kind, record), by: Self.principal, tenant: tenant))
        } catch let error as EventLogError {
            throw CommandFailure(.partlyDone, "it is done, but its audit event could not be written: \(error.message)")
        }
    }

    /// Opens the log of a configuration, makes its topics of keys and events where there are none, and runs `body`.
    /// - Throws: ``CommandFailure`` where the log cannot be had.
    static func with(
        _ configuration: RouterConfiguration, logger: Logger, _ body: (LocalKeys) async throws -> Void
    ) async throws {
        var configuration = configuration
        configuration.log.index = false
        let log = try await self.open(configuration, logger)
        do {
            let service = configuration.keyService(on: log.eventLog, logger: logger)
            let routing = try configuration.routingTable()
            let correlationIDs = CorrelationIDGenerator()
            let intake = EventIntake(
                writer: log.eventLog, routing: routing, correlationID: { correlationIDs.next(at: $0) })
            let topics = configuration.allTopics(routing)
            try await log.prepare(topics.filter { $0.topic == service.topic || routing.topics.contains($0.topic) })
            try await service.load()
            try await body(LocalKeys(service: service, trail: IntakeAuditTrail(intake: intake)))
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
