import CloudEvents
import Delivery
import EventLog
import NIOCore
import Subscriptions
import Synchronization

/// Records what came of every attempt, packed, for traces.
///
/// The journal is a convenience, not a promise: when the log cannot keep up, entries are dropped and counted.
final class AttemptJournal: Sendable {
    private struct State {
        /// By tenant.
        var open: [String: AttemptPage] = [:]
        var full: [AttemptPage] = []
        var count = 0
        var bytes = 0
        var dropped = 0
    }

    /// Records of one append.
    private static let appendRecordsMax = 32
    private static let writeInterval = Duration.milliseconds(200)

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
        let outcome: AttemptEntry.Outcome = if case .delivered = report.meaning { .delivered } else { .failed }
        self.state.withLock { state in
            for element in attempt.elements {
                self.add(
                    element.event,
                    AttemptEntry(
                        subscription: attempt.subscription.name, tenant: attempt.subscription.tenant,
                        position: element.position, outcome: outcome, at: at, status: report.status,
                        error: report.error, durationMilliseconds: report.durationMilliseconds),
                    to: &state)
            }
        }
    }

    func note(_ write: DeadLetterWrite) {
        guard self.configuration.recordsAttempts else { return }
        let entry = AttemptEntry(
            subscription: write.subscription.name, tenant: write.subscription.tenant, position: write.event.position,
            outcome: .deadLettered, at: DispatchClock.wall, status: write.report.status, error: write.reason.rawValue,
            durationMilliseconds: 0)
        self.state.withLock { self.add(write.event.event, entry, to: &$0) }
    }

    private func add(_ event: CloudEvent, _ entry: AttemptEntry, to state: inout State) {
        guard state.count < self.configuration.journalEntriesMax, state.bytes < self.configuration.journalBytesMax
        else {
            state.dropped += 1
            return
        }
        // Taken out while it grows: what is held twice is copied.
        var page = state.open.removeValue(forKey: entry.tenant) ?? AttemptPage(tenant: entry.tenant)
        state.bytes -= page.bytes
        page.append(event, entry)
        state.bytes += page.bytes
        state.count += 1
        if page.isFull { state.full.append(page) } else { state.open[entry.tenant] = page }
    }

    func writeRegularly() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.writeInterval)
            await self.write()
        }
    }

    /// Writes what has gathered.
    func write() async {
        var pages = self.state.withLock { state in
            let pages = state.full + state.open.values
            (state.open, state.full, state.count, state.bytes) = ([:], [], 0, 0)
            return pages[...]
        }
        let now = DispatchClock.wall
        while !pages.isEmpty {
            let next = pages.prefix(Self.appendRecordsMax)
            pages = pages.dropFirst(next.count)
            do {
                _ = try await self.log.append(
                    next.map { page in
                        ProducerRecord(topic: self.configuration.attemptTopic, record: page.record(at: now))
                    })
            } catch {
                let lost = next.reduce(0) { $0 + $1.count }
                self.state.withLock { $0.dropped += lost }
            }
        }
    }
}
