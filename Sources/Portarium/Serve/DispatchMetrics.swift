import CoreMetrics
import Delivery
import EventDispatch
import EventLog
import FoundationEssentials
import Logging
import Observability

/// Counts what dispatch does. Every counter is made at the start: counting is an addition, whatever is counted.
final class DispatchMetrics: DispatchObserver {
    private let delivered: Counter
    private let retried: Counter
    private let rejected: Counter
    private let gone: Counter
    private let duration: CoreMetrics.Timer
    private let endToEnd: CoreMetrics.Timer
    private let deliveredEvents: Counter
    private let deadLetteredEvents: Counter
    private let deadLetters: [DeadLetterReason: Counter]
    private let deadLetterFailures: Counter
    private let deadLettersRefused: Counter
    private let replayedEvents: Counter
    private let tailRecords: Counter
    private let catchUpRecords: Counter
    private let invalidRecords: Counter
    private let unkeptRecords: Counter
    private let commitFailures: Counter
    private let lostRecords: Counter
    private let carriedRecords: Counter
    private let passedRecords: Counter
    private let routeFailures: Counter
    private let warning: SparseWarning

    init(factory: any MetricsFactory, logger: Logger) {
        func attempts(_ outcome: String) -> Counter {
            Counter(.deliveryAttempts, [("outcome", outcome)], factory: factory)
        }
        self.delivered = attempts("delivered")
        self.retried = attempts("retried")
        self.rejected = attempts("rejected")
        self.gone = attempts("gone")
        self.duration = CoreMetrics.Timer(.deliveryDuration, factory: factory)
        self.endToEnd = CoreMetrics.Timer(.deliveryEndToEndDuration, factory: factory)
        self.deliveredEvents = Counter(.deliveryEvents, [("outcome", "delivered")], factory: factory)
        self.deadLetteredEvents = Counter(.deliveryEvents, [("outcome", "dead-lettered")], factory: factory)
        self.deadLetters = Dictionary(
            uniqueKeysWithValues: DeadLetterReason.allCases.map { reason in
                (reason, Counter(.deadLetters, [("reason", reason.rawValue)], factory: factory))
            })
        self.deadLetterFailures = Counter(.deadLetterWriteFailures, factory: factory)
        self.deadLettersRefused = Counter(.deadLettersRefused, factory: factory)
        self.replayedEvents = Counter(.replayedEvents, factory: factory)
        self.tailRecords = Counter(.fetchedRecords, [("reader", "tail")], factory: factory)
        self.catchUpRecords = Counter(.fetchedRecords, [("reader", "catch-up")], factory: factory)
        self.invalidRecords = Counter(.invalidRecords, factory: factory)
        self.unkeptRecords = Counter(.invalidRecordsUnkept, factory: factory)
        self.commitFailures = Counter(.commitFailures, factory: factory)
        self.lostRecords = Counter(.subscriptionLostRecords, factory: factory)
        self.carriedRecords = Counter(.routedRecords, [("outcome", "carried")], factory: factory)
        self.passedRecords = Counter(.routedRecords, [("outcome", "passed-over")], factory: factory)
        self.routeFailures = Counter(.routeFailures, factory: factory)
        self.warning = SparseWarning(logger: logger)
    }

    func attempted(_ attempt: DeliveryAttempt, _ report: AttemptReport) {
        self.duration.recordNanoseconds(report.durationNanoseconds)
        switch report.meaning {
        case .delivered:
            self.delivered.increment()
            self.deliveredEvents.increment(by: attempt.elements.count)
            if attempt.replayID == nil {
                self.measure(attempt)
            } else {
                self.replayedEvents.increment(by: attempt.elements.count)
            }
        case .retry: self.retried.increment()
        case .rejected: self.rejected.increment()
        case .gone: self.gone.increment()
        }
    }

    /// From append to delivery, of what is no replay. By the wall's clock, which may have been set meanwhile: not less
    /// than 0.
    private func measure(_ attempt: DeliveryAttempt) {
        let now = Int64(Date().timeIntervalSince1970 * 1_000)
        for element in attempt.elements {
            guard let timestamp = element.timestamp else { continue }
            self.endToEnd.recordNanoseconds(max(0, now - timestamp.milliseconds) * 1_000_000)
        }
    }

    func deadLettered(_ reason: DeadLetterReason) {
        self.deadLetteredEvents.increment()
        self.deadLetters[reason]?.increment()
    }

    func deadLetterFailed() { self.deadLetterFailures.increment() }
    func deadLetterRefused() { self.deadLettersRefused.increment() }
    func commitFailed() { self.commitFailures.increment() }
    func rangeLost(records: Int64) { self.lostRecords.increment(by: records) }

    func routed(read: Int, carried: Int) {
        self.carriedRecords.increment(by: carried)
        self.passedRecords.increment(by: max(0, read - carried))
    }

    func routeFailed() { self.routeFailures.increment() }

    func fetched(records: Int, isCatchUp: Bool) {
        (isCatchUp ? self.catchUpRecords : self.tailRecords).increment(by: records)
    }

    func invalidRecordsUnkept(_ count: Int) { self.unkeptRecords.increment(by: count) }

    func invalidRecord(at position: Position) {
        self.invalidRecords.increment()
        self.warning.warn("a record is no event and is delivered to nobody", ["position": "\(position)"])
    }
}
