import CloudEvents
import CoreMetrics
import Ingress
import Observability
import Synchronization

/// Counts what the ingress does.
final class IngressMetrics: IngressObserver {
    private let binary: Counter
    private let structured: Counter
    private let batched: Counter
    private let bytes: Counter
    private let duration: CoreMetrics.Timer
    private let inFlight: Meter
    private let factory: any MetricsFactory
    private let refusals = Mutex<[String: Counter]>([:])

    init(factory: any MetricsFactory) {
        func events(_ mode: String) -> Counter { Counter(.ingressEvents, [("mode", mode)], factory: factory) }
        self.factory = factory
        self.binary = events("binary")
        self.structured = events("structured")
        self.batched = events("batched")
        self.bytes = Counter(.ingressBytes, factory: factory)
        self.duration = CoreMetrics.Timer(.ingressDuration, factory: factory)
        self.inFlight = Meter(.ingressInFlight, factory: factory)
    }

    func began() { self.inFlight.increment(by: 1) }

    func accepted(mode: HTTPContentMode, events: Int, bytes: Int, durationNanoseconds: Int64) {
        self.inFlight.decrement(by: 1)
        switch mode {
        case .binary: self.binary.increment(by: events)
        case .structured: self.structured.increment(by: events)
        case .batched: self.batched.increment(by: events)
        }
        self.bytes.increment(by: bytes)
        self.duration.recordNanoseconds(durationNanoseconds)
    }

    func refused(_ reason: IngressRefusal) {
        self.inFlight.decrement(by: 1)
        self.refusedEarly(reason)
    }

    func refusedEarly(_ reason: IngressRefusal) {
        let counter = self.refusals.withLock { refusals in
            if let known = refusals[reason.name] { return known }
            let made = Counter(.ingressRefused, [("reason", reason.name)], factory: self.factory)
            refusals[reason.name] = made
            return made
        }
        counter.increment()
    }
}
