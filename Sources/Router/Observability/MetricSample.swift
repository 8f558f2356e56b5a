/// One series of a metric at the moment of a scrape: its labels and its value.
public struct MetricSample: Sendable, Hashable {
    /// What a series holds.
    public enum Value: Sendable, Hashable {
        /// A whole number; printed without a fraction.
        case integer(Int64)
        case number(Double)
        /// Only in a family of kind ``MetricKind/histogram``.
        case histogram(HistogramSnapshot)
    }

    /// Printed in the order of their names, which are brought into `[a-zA-Z_][a-zA-Z0-9_]*`; of equal names the last
    /// counts. Values may hold anything and are escaped.
    public var labels: [(name: String, value: String)]
    public var value: Value

    public init(labels: [(name: String, value: String)] = [], value: Value) {
        self.labels = labels
        self.value = value
    }

    /// A whole number with these labels; one that 64 bits cannot hold counts as the nearest that they can.
    public init(_ value: some BinaryInteger, labels: [(name: String, value: String)] = []) {
        self.init(labels: labels, value: .integer(Int64(clamping: value)))
    }

    /// A number with these labels.
    public init(_ value: Double, labels: [(name: String, value: String)] = []) {
        self.init(labels: labels, value: .number(value))
    }

    public static func == (lhs: Self, rhs: Self) -> Bool {
        lhs.value == rhs.value && lhs.labels.elementsEqual(rhs.labels, by: ==)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.value)
        for label in self.labels {
            hasher.combine(label.name)
            hasher.combine(label.value)
        }
    }
}
