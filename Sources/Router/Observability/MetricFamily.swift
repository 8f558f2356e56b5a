/// A metric with all its series at the moment of a scrape; what a collector hands over.
public struct MetricFamily: Sendable, Hashable {
    /// Brought into `[a-zA-Z_:][a-zA-Z0-9_:]*` when printed.
    public var name: String
    /// One sentence for people; empty: no HELP line.
    public var help: String
    public var kind: MetricKind
    public var samples: [MetricSample]

    public init(name: String, help: String = "", kind: MetricKind, samples: [MetricSample]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.samples = samples
    }

    /// A family whose name, help and kind are those of a metric of the house.
    public init(_ name: MetricName, _ samples: [MetricSample]) {
        self.init(name: name.rawValue, help: name.help, kind: name.kind, samples: samples)
    }
}
