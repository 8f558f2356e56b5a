import CoreMetrics
import Ingress
import Observability
import Synchronization

/// Counts what the ingress does.
final class IngressMetrics: IngressObserver {
    private let events: Counter
    private let bytes: Counter
    private let duration: CoreMetrics.Timer
    private let factory: any MetricsFactory
    private let refusals = Mutex<[String: Counter]>([:])

    init(factory: any MetricsFactory) {
        self.factory = factory
        self.events = Counter(.ingressEvents, factory: factory)
        self.bytes = Counter(.ingressBytes, factory: factory)
        self.duration = CoreMetrics.Timer(.ingressDuration, factory: factory)
    }

    func accepted(events: Int, bytes: Int, durationNanoseconds: Int64) {
        self.events.increment(by: events)
        self.bytes.increment(by: bytes)
        self.duration.recordNanoseconds(durationNanoseconds)
    }

    func refused(_ reason: IngressRefusal) {
        let counter = self.refusals.withLock { refusals in
            if let known = refusals[reason.name] { return known }
            let made = Counter(.ingressRefused, [("reason", reason.name)], factory: self.factory)
            refusals[reason.name] = made
            return made
        }
        counter.increment()
    }
}
