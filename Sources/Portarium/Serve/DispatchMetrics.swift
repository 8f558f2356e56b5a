import CoreMetrics
import Delivery
import EventDispatch
import Observability

/// Counts what dispatch does.
struct DispatchMetrics: DispatchObserver {
    private let delivered: Counter
    private let retried: Counter
    private let rejected: Counter
    private let gone: Counter
    private let duration: CoreMetrics.Timer
    private let deliveredEvents: Counter
    private let deadLetteredEvents: Counter
    private let deadLetters: [DeadLetterReason: Counter]

    init(factory: any MetricsFactory) {
        func attempts(_ outcome: String) -> Counter {
            Counter(.deliveryAttempts, [("outcome", outcome)], factory: factory)
        }
        self.delivered = attempts("delivered")
        self.retried = attempts("retried")
        self.rejected = attempts("rejected")
        self.gone = attempts("gone")
        self.duration = CoreMetrics.Timer(.deliveryDuration, factory: factory)
        self.deliveredEvents = Counter(.deliveryEvents, [("outcome", "delivered")], factory: factory)
        self.deadLetteredEvents = Counter(.deliveryEvents, [("outcome", "dead-lettered")], factory: factory)
        self.deadLetters = Dictionary(
            uniqueKeysWithValues: DeadLetterReason.allCases.map { reason in
                (reason, Counter(.deadLetters, [("reason", reason.rawValue)], factory: factory))
            })
    }

    func attempted(_ report: AttemptReport, events: Int) {
        switch report.meaning {
        case .delivered:
            self.delivered.increment()
            self.deliveredEvents.increment(by: events)
        case .retry: self.retried.increment()
        case .rejected: self.rejected.increment()
        case .gone: self.gone.increment()
        }
        self.duration.recordNanoseconds(report.durationMilliseconds * 1_000_000)
    }

    func deadLettered(_ reason: DeadLetterReason) {
        self.deadLetteredEvents.increment()
        self.deadLetters[reason]?.increment()
    }

    func commitFailed() {}
    func invalidRecord() {}
    func fetched(records: Int, isCatchUp: Bool) {}
}
