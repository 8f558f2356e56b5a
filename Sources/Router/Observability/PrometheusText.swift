/// Writes the Prometheus text format 0.0.4.
struct PrometheusText {
    /// A metric ready to be printed: names are allowed ones, labels are escaped.
    struct Family {
        var name: String
        var help: String
        var kind: MetricKind
        var samples: [(labels: LabelSet, value: MetricSample.Value)]
    }

    private(set) var text = ""

    /// Appends a family: HELP, TYPE, and its samples in the order of their labels. A label set that comes twice is
    /// printed once, the first one; a value that does not fit the kind is left out.
    mutating func append(_ family: Family) {
        var seen: Set<LabelSet> = []
        var lines = ""
        for sample in family.samples.sorted(by: { $0.labels.text < $1.labels.text })
        where seen.insert(sample.labels).inserted {
            switch (sample.value, family.kind) {
            case (.histogram(let histogram), .histogram):
                Self.append(histogram, of: family.name, labels: sample.labels.text, to: &lines)
            case (.integer(let value), .counter), (.integer(let value), .gauge):
                Self.append(family.name, sample.labels.text, String(value), to: &lines)
            case (.number(let value), .counter), (.number(let value), .gauge):
                Self.append(family.name, sample.labels.text, Self.number(value), to: &lines)
            default: break
            }
        }
        guard !lines.isEmpty else { return }
        if !family.help.isEmpty { self.text += "# HELP \(family.name) \(Self.escapedHelp(family.help))\n" }
        self.text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
        self.text += lines
    }

    private static func append(
        _ histogram: HistogramSnapshot, of name: String, labels: String, to lines: inout String
    ) {
        let prefix = labels.isEmpty ? "" : "\(labels),"
        var cumulative: UInt64 = 0
        for (index, count) in histogram.counts.enumerated() {
            cumulative &+= count
            let bound = index < histogram.bounds.count ? self.number(histogram.bounds[index]) : "+Inf"
            self.append("\(name)_bucket", "\(prefix)le=\"\(bound)\"", String(cumulative), to: &lines)
        }
        self.append("\(name)_sum", labels, self.number(histogram.sum), to: &lines)
        self.append("\(name)_count", labels, String(cumulative), to: &lines)
    }

    private static func append(_ name: String, _ labels: String, _ value: String, to lines: inout String) {
        lines += name
        if !labels.isEmpty {
            lines += "{"
            lines += labels
            lines += "}"
        }
        lines += " "
        lines += value
        lines += "\n"
    }

    /// A value as Go's `ParseFloat` reads it; whole numbers without a fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return String(whole) }
        return value.description
    }

    /// Backslash, double quote and line feed are escaped in a label's value.
    static func escapedLabelValue(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == 0x5c || $0 == 0x22 || $0 == 0x0a }) else { return value }
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Backslash and line feed are escaped in a help text.
    static func escapedHelp(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
