import CloudEvents
import Delivery
import EventLog
import NIOCore
import Subscriptions
import Synchronization

/// Records what came of every attempt, in batches, for traces.
///
/// The journal is a convenience, not a promise: when the log cannot keep up, entries are dropped and counted.
final class AttemptJournal: Sendable {
    private struct State {
        var entries: [ProducerRecord] = []
        var dropped = 0
    }

    private let configuration: DispatchConfiguration
    private let log: any EventLog
    private let state = Mutex(State())

    init(configuration: DispatchConfiguration, log: any EventLog) {
        self.configuration = configuration
        self.log = log
    }

    /// How many entries were dropped.
    var dropped: Int { self.state.withLock { $0.dropped } }

    func note(_ attempt: DeliveryAttempt, _ report: AttemptReport) {
        guard self.configuration.recordsAttempts else { return }
        let at = DispatchClock.wall
        let outcome = if case .delivered = report.meaning { "delivered" } else { "failed" }
        for element in attempt.elements {
            self.add(
                AttemptEntry(
                    subscription: attempt.subscription.name, tenant: attempt.subscription.tenant,
                    position: element.position, outcome: outcome, at: at, status: report.status, error: report.error,
                    durationMilliseconds: report.durationMilliseconds
                ).record(eventID: element.event.id))
        }
    }

    func note(_ write: DeadLetterWrite) {
        guard self.configuration.recordsAttempts else { return }
        self.add(
            AttemptEntry(
                subscription: write.subscription.name, tenant: write.subscription.tenant,
                position: write.event.position,
                outcome: "dead-lettered", at: DispatchClock.wall, status: write.report.status,
                error: write.reason.rawValue, durationMilliseconds: 0
            ).record(eventID: write.event.event.id))
    }

    private func add(_ record: LogRecord) {
        self.state.withLock { state in
            if state.entries.count >= self.configuration.journalEntriesMax {
                state.dropped += 1
            } else {
                state.entries.append(ProducerRecord(topic: self.configuration.attemptTopic, record: record))
            }
        }
    }

    func writeRegularly() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(200))
            await self.write()
        }
    }

    /// Writes what has gathered.
    func write() async {
        let entries = self.state.withLock { state in
            defer { state.entries = [] }
            return state.entries
        }
        guard !entries.isEmpty else { return }
        do { _ = try await self.log.append(entries) } catch {
            self.state.withLock { $0.dropped += entries.count }
        }
    }
}
