/// The limits and buckets of ``PrometheusMetrics``.
public struct PrometheusMetricsConfiguration: Sendable, Hashable {
    /// Upper bounds of a timer's buckets in seconds, ascending.
    public var timerBounds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]
    /// Upper bounds of an aggregating recorder's buckets, ascending.
    public var recorderBounds: [Double] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000]
    /// Upper bounds for single metrics, by name; go before the two above.
    public var boundsByName: [String: [Double]] = [:]
    /// Series that one metric may have, `1...100000`. What comes beyond is counted in one shared series, whose labels
    /// all have the value `_overflow`, so that sums stay exact, and in `portarium_metric_series_overflow_total`.
    public var seriesPerMetricMax: Int = 2_000
    /// Metrics at most, `1...10000`. An instrument of a metric beyond is not shown and is counted in
    /// `portarium_metric_conflicts_total`.
    public var metricsMax: Int = 1_000

    public init() {}
}
