import CoreMetrics
import HTTPEventSink
import Logging
import NetworkGuard
import Observability

/// Counts attempts whose sink has an address that is not allowed, and tells whoever runs the router which.
final class SinkAddressMetrics: AddressRefusalObserver {
    private let refused: [AddressClass: Counter]
    private let warning: SparseWarning

    init(factory: any MetricsFactory, logger: Logger) {
        self.refused = Dictionary(
            uniqueKeysWithValues: AddressClass.allCases.filter { $0 != .public }.map { kind in
                (kind, Counter(.sinkAddressesRefused, [("class", kind.rawValue)], factory: factory))
            })
        self.warning = SparseWarning(logger: logger)
    }

    func refused(_ refusal: AddressRefusal, host: String) {
        self.refused[refusal.addressClass]?.increment()
        self.warning.warn(
            "a sink's address is not allowed and nothing is sent to it; sink.allowedNetworks allows more",
            [
                "host": "\(host)", "address": "\(refusal.address?.description ?? host)",
                "class": "\(refusal.addressClass.rawValue)",
            ])
    }
}
