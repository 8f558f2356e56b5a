import CloudEvents
import Identity
import Logging
import ServiceLifecycle

/// Writes audit events behind the work they tell of, which never waits for them.
///
/// An event that cannot be written is tried again ``attemptsMax`` times with growing waits; then, or where
/// ``eventsMax`` wait already, it is given up and logged.
public final class AuditJournal: Service {
    /// How often one event is tried.
    public static let attemptsMax = 12
    /// How many events may wait.
    public static let eventsMax = 10_000

    private let trail: any AuditTrail
    private let logger: Logger
    private let queue = RetryQueue<AuditEvent>(itemsMax: AuditJournal.eventsMax)

    public init(trail: any AuditTrail, logger: Logger) {
        self.trail = trail
        self.logger = logger
    }

    /// Tells what a caller did, once it is done.
    /// - Parameter tenant: whose thing it was done to.
    public func note(_ act: AdministrativeAct, by principal: Principal, tenant: String) {
        self.note(.act(act, by: principal, tenant: tenant))
    }

    func note(_ event: AuditEvent) {
        if !self.queue.add(event) {
            self.logger.error("an audit event is lost: too many wait", metadata: Self.metadata(event))
        }
    }

    /// Writes until graceful shutdown, then what still waits; once per instance. A cancelled task ends at once.
    public func run() async throws {
        await withGracefulShutdownHandler {
            await self.queue.run { event, attempt in await self.write(event, attempt) }
        } onGracefulShutdown: {
            self.queue.finish()
        }
    }

    private func write(_ event: AuditEvent, _ attempt: Int) async -> Bool {
        do {
            try await self.trail.append(event)
            return true
        } catch {
            guard attempt >= Self.attemptsMax else { return false }
            var metadata = Self.metadata(event)
            metadata["error"] = "\(error)"
            self.logger.error("an audit event is lost: it could not be written", metadata: metadata)
            return true
        }
    }

    private static func metadata(_ event: AuditEvent) -> Logger.Metadata {
        ["type": "\(event.event.type)", "tenant": "\(event.tenant)", "subject": "\(event.event.subject ?? "")"]
    }
}

/// Events of one tenant keep their order.
extension AuditEvent: Retryable {
    var retryKey: String { self.tenant }
}
