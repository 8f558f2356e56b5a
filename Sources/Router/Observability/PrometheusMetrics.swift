import CoreMetrics
import Synchronization

/// A backend of swift-metrics that answers scrapes in the Prometheus text format 0.0.4.
///
/// Counters and meters are atomics, recorders and timers are histograms over a few locks; all may be used from
/// anywhere. Making an instrument looks its series up under a lock: hot paths make them once. The same name and labels
/// give the same series. A name with characters that the format does not allow gets `_` in their place; a name that is
/// taken by another kind of metric gives an instrument that is shown nowhere and is counted in
/// `portarium_metric_conflicts_total`.
public final class PrometheusMetrics: MetricsFactory, Sendable {
    /// The media type of the exposition.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private struct Family {
        var help: String
        var kind: MetricKind
        var bounds: [Double]
        var series: [LabelSet: any MetricSeries]
        var overflow: (any MetricSeries)?
        /// Instruments that were made for the overflow series.
        var overflowCount: Int64 = 0
    }

    private struct Registry {
        var families: [String: Family] = [:]
        var conflicts: Int64 = 0
        var collectors: [@Sendable () async -> [MetricFamily]] = []
    }

    private let configuration: PrometheusMetricsConfiguration
    private let registry = Mutex(Registry())

    /// Bounds of buckets that are not finite or not ascending are put right; limits outside their range are clamped.
    public init(configuration: PrometheusMetricsConfiguration = PrometheusMetricsConfiguration()) {
        var configuration = configuration
        configuration.timerBounds = Self.ordered(configuration.timerBounds)
        configuration.recorderBounds = Self.ordered(configuration.recorderBounds)
        configuration.boundsByName = configuration.boundsByName.mapValues(Self.ordered)
        configuration.seriesPerMetricMax = min(max(configuration.seriesPerMetricMax, 1), 100_000)
        configuration.metricsMax = min(max(configuration.metricsMax, 1), 10_000)
        self.configuration = configuration
    }

    /// Adds a callback for values that are known only when somebody asks. Called at every scrape, several at once, in
    /// no order; a scrape waits for all of them, so that a collector has to answer soon.
    /// Families of one name are printed as one.
    public func register(collector: @escaping @Sendable () async -> [MetricFamily]) {
        self.registry.withLock { $0.collectors.append(collector) }
    }

    /// All metrics in the text format, sorted by name, each with its series sorted by label.
    /// Ends with a line feed unless it is empty.
    public func exposition() async -> String {
        let collectors = self.registry.withLock { $0.collectors }
        let collected = await withTaskGroup(of: (Int, [MetricFamily]).self) { group in
            for (index, collector) in collectors.enumerated() {
                group.addTask { (index, await collector()) }
            }
            var answers: [[MetricFamily]] = Array(repeating: [], count: collectors.count)
            for await (index, families) in group { answers[index] = families }
            return answers
        }
        var families: [String: PrometheusText.Family] = self.registryFamilies()
        var conflicts: Int64 = 0
        for family in collected.joined() {
            let name = LabelSet.metricName(family.name)
            let samples = family.samples.map { sample in
                (labels: LabelSet(sample.labels.map { ($0.name, $0.value) }), value: sample.value)
            }
            guard let existing = families[name] else {
                families[name] = .init(name: name, help: family.help, kind: family.kind, samples: samples)
                continue
            }
            if existing.kind == family.kind {
                families[name]?.samples += samples
            } else {
                conflicts += 1
            }
        }
        self.appendOwnFamilies(to: &families, conflictsInThisScrape: conflicts)
        var text = PrometheusText()
        for family in families.values.sorted(by: { $0.name < $1.name }) { text.append(family) }
        return text.text
    }

    private func registryFamilies() -> [String: PrometheusText.Family] {
        // Series are read outside the lock: reading takes locks of their own.
        self.registry.withLock { $0.families }.reduce(into: [:]) { families, entry in
            var series = Array(entry.value.series.values)
            if let overflow = entry.value.overflow { series.append(overflow) }
            families[entry.key] = .init(
                name: entry.key, help: entry.value.help, kind: entry.value.kind,
                samples: series.map { (labels: $0.labels, value: $0.value) })
        }
    }

    /// The two metrics about the metrics themselves, shown only where there is something to say.
    private func appendOwnFamilies(
        to families: inout [String: PrometheusText.Family], conflictsInThisScrape: Int64
    ) {
        let (overflows, conflicts) = self.registry.withLock { registry in
            if conflictsInThisScrape > 0 { registry.conflicts += conflictsInThisScrape }
            let overflows = registry.families.compactMap { name, family in
                family.overflowCount > 0 ? (name, family.overflowCount) : nil
            }
            return (overflows, registry.conflicts)
        }
        func show(_ name: MetricName, _ samples: [(labels: LabelSet, value: MetricSample.Value)]) {
            guard !samples.isEmpty else { return }
            families[name.rawValue] = .init(
                name: name.rawValue, help: name.help, kind: name.kind, samples: samples)
        }
        show(.metricSeriesOverflow, overflows.map { (LabelSet([("metric", $0.0)]), .integer($0.1)) })
        show(.metricConflicts, conflicts > 0 ? [(LabelSet([]), .integer(conflicts))] : [])
    }

    private static func ordered(_ bounds: [Double]) -> [Double] {
        Set(bounds.filter { $0.isFinite }).sorted()
    }
}

// MARK: - Instruments

extension PrometheusMetrics {
    /// A counter of whole numbers: a new series, or the one that has this name and these labels.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        self.series(label, dimensions, .counter) { CounterSeries(name: $0, labels: $1) } ?? UnshownSeries()
    }

    /// A counter of broken numbers; shares its series with the whole-number counter of the same name and labels.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        self.series(label, dimensions, .counter) { CounterSeries(name: $0, labels: $1) } ?? UnshownSeries()
    }

    /// A gauge that is set or moved up and down.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        self.series(label, dimensions, .gauge) { GaugeSeries(name: $0, labels: $1) } ?? UnshownSeries()
    }

    /// A histogram over the bounds configured for its name, or those for all recorders; a gauge of the last value where
    /// it does not aggregate.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else {
            return self.series(label, dimensions, .gauge) { GaugeSeries(name: $0, labels: $1) } ?? UnshownSeries()
        }
        return self.series(label, dimensions, .histogram, self.configuration.recorderBounds) {
            HistogramSeries(name: $0, labels: $1, bounds: $2)
        } ?? UnshownSeries()
    }

    /// A histogram of seconds over the bounds configured for its name, or those for all timers.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        self.series(label, dimensions, .histogram, self.configuration.timerBounds) {
            HistogramSeries(name: $0, labels: $1, bounds: $2)
        } ?? UnshownSeries()
    }

    /// Takes the series out of the exposition; what counts in it afterwards is lost. Made again, it begins at zero.
    public func destroyCounter(_ handler: any CounterHandler) { self.forget(handler) }
    /// Takes the series out of the exposition, also from a whole-number counter that shares it.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { self.forget(handler) }
    /// Takes the series out of the exposition.
    public func destroyMeter(_ handler: any MeterHandler) { self.forget(handler) }
    /// Takes the series out of the exposition, buckets and all.
    public func destroyRecorder(_ handler: any RecorderHandler) { self.forget(handler) }
    /// Takes the series out of the exposition, buckets and all.
    public func destroyTimer(_ handler: any TimerHandler) { self.forget(handler) }

    private func series<Series: MetricSeries>(
        _ label: String, _ dimensions: [(String, String)], _ kind: MetricKind,
        _ make: (String, LabelSet) -> Series
    ) -> Series? {
        self.series(label, dimensions, kind, []) { name, labels, _ in make(name, labels) }
    }

    /// Finds or makes a series; nil where the name is taken by another kind or there are too many metrics.
    private func series<Series: MetricSeries>(
        _ label: String, _ dimensions: [(String, String)], _ kind: MetricKind, _ bounds: [Double],
        _ make: (String, LabelSet, [Double]) -> Series
    ) -> Series? {
        let name = LabelSet.metricName(label)
        let labels = LabelSet(dimensions)
        return self.registry.withLock { registry in
            if registry.families[name] == nil, registry.families.count < self.configuration.metricsMax {
                registry.families[name] = Family(
                    help: MetricName(rawValue: name)?.help ?? "", kind: kind,
                    bounds: self.configuration.boundsByName[name] ?? bounds, series: [:])
            }
            guard let family = registry.families[name], family.kind == kind else {
                registry.conflicts += 1
                return nil
            }
            if let series = family.series[labels] { return series as? Series }
            guard family.series.count >= self.configuration.seriesPerMetricMax else {
                let series = make(name, labels, family.bounds)
                registry.families[name]?.series[labels] = series
                return series
            }
            registry.families[name]?.overflowCount += 1
            if let overflow = family.overflow { return overflow as? Series }
            let overflow = make(name, LabelSet(dimensions.map { ($0.0, "_overflow") }), family.bounds)
            registry.families[name]?.overflow = overflow
            return overflow
        }
    }

    /// Takes a series out of the exposition. The shared overflow series stays, others may count in it.
    private func forget(_ handler: AnyObject) {
        guard let series = handler as? any MetricSeries else { return }
        self.registry.withLock { registry in
            guard registry.families[series.name]?.series[series.labels] === series else { return }
            registry.families[series.name]?.series[series.labels] = nil
        }
    }
}
