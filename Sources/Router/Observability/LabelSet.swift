/// The labels of one series in the form in which they are printed, which is also what identifies the series.
struct LabelSet: Sendable, Hashable {
    /// `a="1",b="2"`, sorted by name, escaped; empty where there are no labels.
    let text: String

    init(_ labels: [(String, String)]) {
        switch labels.count {
        case 0: self.text = ""
        case 1: self.text = Self.pair(Self.labelName(labels[0].0), labels[0].1)
        default:
            var named = labels.map { (name: Self.labelName($0.0), value: $0.1) }
            // Stable, so that of equal names the last one stays the last.
            named.sort { $0.name < $1.name }
            var pairs: [String] = []
            for (index, label) in named.enumerated()
            where index + 1 == named.count || named[index + 1].name != label.name {
                pairs.append(Self.pair(label.name, label.value))
            }
            self.text = pairs.joined(separator: ",")
        }
    }

    /// A name that the format allows for a metric: `[a-zA-Z_:][a-zA-Z0-9_:]*`.
    static func metricName(_ name: String) -> String {
        self.restricted(name, colon: true)
    }

    /// A name that the format allows for a label: `[a-zA-Z_][a-zA-Z0-9_]*`. `le` belongs to histograms, and names that
    /// begin with `__` belong to Prometheus.
    static func labelName(_ name: String) -> String {
        let name = self.restricted(name, colon: false)
        return name == "le" || name.hasPrefix("__") ? "exported_\(name)" : name
    }

    private static func restricted(_ name: String, colon: Bool) -> String {
        func isAllowed(_ byte: UInt8, first: Bool) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): !first
            case UInt8(ascii: ":"): colon
            default: false
            }
        }
        var first = true
        var isAlreadyRight = !name.isEmpty
        for byte in name.utf8 {
            isAlreadyRight = isAlreadyRight && isAllowed(byte, first: first)
            first = false
        }
        if isAlreadyRight { return name }
        var bytes: [UInt8] = []
        for byte in name.utf8 {
            // A leading digit keeps its place behind an underscore.
            if bytes.isEmpty, !isAllowed(byte, first: true), isAllowed(byte, first: false) {
                bytes.append(UInt8(ascii: "_"))
            }
            bytes.append(isAllowed(byte, first: bytes.isEmpty) ? byte : UInt8(ascii: "_"))
        }
        return bytes.isEmpty ? "_" : String(decoding: bytes, as: UTF8.self)
    }

    private static func pair(_ name: String, _ value: String) -> String {
        "\(name)=\"\(PrometheusText.escapedLabelValue(value))\""
    }
}
