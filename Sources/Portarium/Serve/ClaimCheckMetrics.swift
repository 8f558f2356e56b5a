import ClaimCheck
import CoreMetrics
import Observability

/// Counts what happens to parked data.
final class ClaimCheckMetrics: ClaimCheckObserver {
    private let parked: Counter
    private let parkedBytes: Counter
    private let parkFailures: Counter
    private let fetched: Counter
    private let fetchFailures: Counter
    private let lost: Counter

    init(factory: any MetricsFactory) {
        func counter(_ name: MetricName, _ outcome: String) -> Counter {
            Counter(name, [("outcome", outcome)], factory: factory)
        }
        self.parked = counter(.parkedEvents, "parked")
        self.parkFailures = counter(.parkedEvents, "failed")
        self.parkedBytes = Counter(.parkedBytes, factory: factory)
        self.fetched = counter(.parkedFetches, "fetched")
        self.fetchFailures = counter(.parkedFetches, "failed")
        self.lost = counter(.parkedFetches, "lost")
    }

    func parked(bytes: Int) {
        self.parked.increment()
        self.parkedBytes.increment(by: bytes)
    }

    func parkingFailed() { self.parkFailures.increment() }
    func fetched(bytes: Int) { self.fetched.increment() }
    func fetchFailed(isLost: Bool) { (isLost ? self.lost : self.fetchFailures).increment() }
}
