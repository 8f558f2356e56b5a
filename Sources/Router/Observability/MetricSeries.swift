import CoreMetrics
import Synchronization

/// One series as the registry keeps it.
protocol MetricSeries: AnyObject, Sendable {
    /// The metric's name and the labels, by which the registry finds it again.
    var name: String { get }
    var labels: LabelSet { get }
    var value: MetricSample.Value { get }
}

/// A counter, of whole and of broken numbers. Increments below zero are ignored: a counter only grows.
final class CounterSeries: MetricSeries, CounterHandler, FloatingPointCounterHandler {
    let name: String
    let labels: LabelSet
    private let whole = Atomic<Int64>(0)
    private let broken = Atomic<UInt64>(0)

    init(name: String, labels: LabelSet) {
        self.name = name
        self.labels = labels
    }

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        self.whole.wrappingAdd(amount, ordering: .relaxed)
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        self.broken.addAsDouble(amount)
    }

    func reset() {
        self.whole.store(0, ordering: .relaxed)
        self.broken.store(0, ordering: .relaxed)
    }

    var value: MetricSample.Value {
        let whole = self.whole.load(ordering: .relaxed)
        let broken = Double(bitPattern: self.broken.load(ordering: .relaxed))
        return broken == 0 ? .integer(whole) : .number(Double(whole) + broken)
    }
}

/// A gauge: a meter, or a recorder that does not aggregate.
final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
    let name: String
    let labels: LabelSet
    private let bits = Atomic<UInt64>(0)

    init(name: String, labels: LabelSet) {
        self.name = name
        self.labels = labels
    }

    func set(_ value: Int64) { self.set(Double(value)) }
    func set(_ value: Double) { self.bits.store(value.bitPattern, ordering: .relaxed) }
    func record(_ value: Int64) { self.set(Double(value)) }
    func record(_ value: Double) { self.set(value) }
    func increment(by amount: Double) { self.bits.addAsDouble(amount) }
    func decrement(by amount: Double) { self.bits.addAsDouble(-amount) }

    var value: MetricSample.Value { .number(Double(bitPattern: self.bits.load(ordering: .relaxed))) }
}

/// A histogram: a timer (in seconds), or a recorder that aggregates. Values that are no number are ignored.
final class HistogramSeries: MetricSeries, RecorderHandler, TimerHandler {
    /// A share of the observations behind a lock of its own, so that cores that record at once seldom meet.
    private final class Stripe: Sendable {
        struct State {
            var counts: [UInt64]
            var sum: Double = 0
        }
        let state: Mutex<State>

        init(buckets: Int) { self.state = Mutex(State(counts: Array(repeating: 0, count: buckets))) }
    }

    private static let stripesLog2 = 2

    let name: String
    let labels: LabelSet
    private let bounds: [Double]
    private let stripes: [Stripe]

    init(name: String, labels: LabelSet, bounds: [Double]) {
        self.name = name
        self.labels = labels
        self.bounds = bounds
        self.stripes = (0..<(1 << Self.stripesLog2)).map { _ in Stripe(buckets: bounds.count + 1) }
    }

    func recordNanoseconds(_ duration: Int64) { self.record(Double(duration) / 1e9) }
    func record(_ value: Int64) { self.record(Double(value)) }

    func record(_ value: Double) {
        guard !value.isNaN else { return }
        var bucket = 0
        while bucket < self.bounds.count, value > self.bounds[bucket] { bucket += 1 }
        // Latencies differ in their low bits; a Fibonacci hash of them spreads the load without knowing the thread.
        let hash = value.bitPattern &* 0x9e37_79b9_7f4a_7c15
        self.stripes[Int(hash >> UInt64(64 - Self.stripesLog2))].state.withLock { state in
            state.counts[bucket] &+= 1
            state.sum += value
        }
    }

    func preferDisplayUnit(_ unit: TimeUnit) {}

    var value: MetricSample.Value {
        var total = HistogramSnapshot(
            bounds: self.bounds, counts: Array(repeating: 0, count: self.bounds.count + 1), sum: 0)
        for stripe in self.stripes {
            let state = stripe.state.withLock { $0 }
            for (index, count) in state.counts.enumerated() { total.counts[index] &+= count }
            total.sum += state.sum
        }
        return .histogram(total)
    }
}

/// An instrument that is shown nowhere, for names that are taken by another kind.
final class UnshownSeries: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler, TimerHandler {
    func increment(by amount: Int64) {}
    func increment(by amount: Double) {}
    func decrement(by amount: Double) {}
    func reset() {}
    func set(_ value: Int64) {}
    func set(_ value: Double) {}
    func record(_ value: Int64) {}
    func record(_ value: Double) {}
    func recordNanoseconds(_ duration: Int64) {}
    func preferDisplayUnit(_ unit: TimeUnit) {}
}

extension Atomic where Value == UInt64 {
    /// Adds to a `Double` that is kept as its bits.
    fileprivate borrowing func addAsDouble(_ amount: Double) {
        var current = self.load(ordering: .relaxed)
        while true {
            let sum = Double(bitPattern: current) + amount
            let (exchanged, original) = self.weakCompareExchange(
                expected: current, desired: sum.bitPattern, ordering: .relaxed)
            if exchanged { return }
            current = original
        }
    }
}
