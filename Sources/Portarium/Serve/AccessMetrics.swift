import CoreMetrics
import HTTPServing
import Logging
import Observability
import Synchronization

/// Counts calls that are refused for who makes them, and tells of them in the log, never more often than every ten
/// seconds.
final class AccessMetrics: AccessObserver {
    private static let warningInterval = Duration.seconds(10)

    private struct Warning {
        var last: ContinuousClock.Instant?
        var suppressed = 0
    }

    private let counters: [AccessRefusal: Counter]
    private let logger: Logger
    private let warning = Mutex(Warning())

    init(factory: any MetricsFactory, logger: Logger) {
        self.counters = Dictionary(
            uniqueKeysWithValues: AccessRefusal.allCases.map { reason in
                (reason, Counter(.accessRefused, [("reason", reason.rawValue)], factory: factory))
            })
        self.logger = logger
    }

    func refused(_ reason: AccessRefusal) {
        self.counters[reason]?.increment()
        let suppressed = self.warning.withLock { warning -> Int? in
            let now = ContinuousClock.now
            if let last = warning.last, last.duration(to: now) < Self.warningInterval {
                warning.suppressed += 1
                return nil
            }
            defer { warning = Warning(last: now) }
            return warning.suppressed
        }
        guard let suppressed else { return }
        self.logger.warning(
            "a call was refused for who made it",
            metadata: ["reason": "\(reason.rawValue)", "more": "\(suppressed) since the last warning"])
    }
}
