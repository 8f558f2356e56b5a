import CoreMetrics
import HTTPEventSink
import Logging
import NetworkGuard
import Observability
import Synchronization

/// Counts attempts whose sink has an address that is not allowed, and tells whoever runs the router which.
final class SinkAddressMetrics: AddressRefusalObserver {
    /// Warnings are this far apart at least, whatever they are about: who makes subscriptions must not fill the log.
    private static let warningInterval = Duration.seconds(10)

    private struct Warning {
        var last: ContinuousClock.Instant?
        var suppressed = 0
    }

    private let refused: [AddressClass: Counter]
    private let logger: Logger
    private let warning = Mutex(Warning())

    init(factory: any MetricsFactory, logger: Logger) {
        self.refused = Dictionary(
            uniqueKeysWithValues: AddressClass.allCases.filter { $0 != .public }.map { kind in
                (kind, Counter(.sinkAddressesRefused, [("class", kind.rawValue)], factory: factory))
            })
        self.logger = logger
    }

    func refused(_ refusal: AddressRefusal, host: String) {
        self.refused[refusal.addressClass]?.increment()
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
            "a sink's address is not allowed and nothing is sent to it; sink.allowedNetworks allows more",
            metadata: [
                "host": "\(host)", "address": "\(refusal.address?.description ?? host)",
                "class": "\(refusal.addressClass.rawValue)", "more": "\(suppressed) since the last warning",
            ])
    }
}
