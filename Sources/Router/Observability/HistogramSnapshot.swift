/// A histogram at one moment. The buckets, the sum and the number belong together.
public struct HistogramSnapshot: Sendable, Hashable {
    /// Upper bounds, inclusive, ascending and finite; a last bucket without a bound is implied.
    public var bounds: [Double]
    /// Observations per bucket, not cumulative; one more than ``bounds``, the last is what lies above all bounds.
    public var counts: [UInt64]
    /// The sum of all observations.
    public var sum: Double

    public init(bounds: [Double], counts: [UInt64], sum: Double) {
        self.bounds = bounds
        self.counts = counts
        self.sum = sum
    }
}
