import CoreMetrics

extension Counter {
    /// A counter of the house. Make it once and keep it: making it looks its series up.
    public convenience init(
        _ name: MetricName, _ dimensions: [(String, String)] = [], factory: any MetricsFactory
    ) {
        self.init(label: name.rawValue, dimensions: dimensions, factory: factory)
    }
}

extension Meter {
    /// A gauge of the house. Make it once and keep it: making it looks its series up.
    public convenience init(
        _ name: MetricName, _ dimensions: [(String, String)] = [], factory: any MetricsFactory
    ) {
        self.init(label: name.rawValue, dimensions: dimensions, factory: factory)
    }
}

extension Recorder {
    /// A histogram of the house, of anything but durations. Make it once and keep it: making it looks its series up.
    public convenience init(
        _ name: MetricName, _ dimensions: [(String, String)] = [], factory: any MetricsFactory
    ) {
        self.init(label: name.rawValue, dimensions: dimensions, aggregate: true, factory: factory)
    }
}

extension CoreMetrics.Timer {
    /// A histogram of durations of the house, shown in seconds. Make it once and keep it:
    /// making it looks its series up.
    public convenience init(
        _ name: MetricName, _ dimensions: [(String, String)] = [], factory: any MetricsFactory
    ) {
        self.init(label: name.rawValue, dimensions: dimensions, factory: factory)
    }
}
