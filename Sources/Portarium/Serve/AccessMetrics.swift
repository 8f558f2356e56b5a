import CoreMetrics
import HTTPServing
import Logging
import Observability

/// Counts calls that are refused for who makes them, and tells of them in the log, never more often than every ten
/// seconds.
final class AccessMetrics: AccessObserver {
    private let counters: [AccessRefusal: Counter]
    private let warning: SparseWarning

    init(factory: any MetricsFactory, logger: Logger) {
        self.counters = Dictionary(
            uniqueKeysWithValues: AccessRefusal.allCases.map { reason in
                (reason, Counter(.accessRefused, [("reason", reason.rawValue)], factory: factory))
            })
        self.warning = SparseWarning(logger: logger)
    }

    func refused(_ reason: AccessRefusal) {
        self.counters[reason]?.increment()
        self.warning.warn("a call was refused for who made it", ["reason": "\(reason.rawValue)"])
    }
}
