/// One measured figure, as `.build/bench.json` has it.
struct BenchmarkResult: Codable, Sendable {
    var name: String
    var value: Double
    var unit: String
    /// What the same machine did in the same run without Portarium, or with less of it; nil for an absolute goal.
    var ceiling: Double?
    /// The median over the rounds of value to ceiling; nil for an absolute goal.
    var ratio: Double?
    /// The least ratio where there is one; else the least value, or the greatest for a size.
    var required: Double
    var ok: Bool

    /// Measured against a ceiling, round by round.
    static func relative(
        _ name: String, unit: String, rounds: [(value: Double, ceiling: Double)], ratioMin: Double
    ) -> BenchmarkResult {
        let ratio = rounds.map { $0.value / $0.ceiling }.median
        return BenchmarkResult(
            name: name, value: rounds.map(\.value).median, unit: unit, ceiling: rounds.map(\.ceiling).median,
            ratio: ratio, required: ratioMin, ok: ratio >= ratioMin)
    }

    /// A time, which is the better the less it is, measured against that of less work, round by round.
    static func relativeTime(
        _ name: String, unit: String, rounds: [(value: Double, ceiling: Double)], ratioMin: Double
    ) -> BenchmarkResult {
        let ratio = rounds.map { $0.ceiling / $0.value }.median
        return BenchmarkResult(
            name: name, value: rounds.map(\.value).median, unit: unit, ceiling: rounds.map(\.ceiling).median,
            ratio: ratio, required: ratioMin, ok: ratio >= ratioMin)
    }

    /// Measured against a fixed goal that has to be reached.
    static func atLeast(_ name: String, unit: String, value: Double, required: Double) -> BenchmarkResult {
        BenchmarkResult(name: name, value: value, unit: unit, required: required, ok: value >= required)
    }

    /// Measured against a fixed bound that has to be kept.
    static func atMost(_ name: String, unit: String, value: Double, required: Double) -> BenchmarkResult {
        BenchmarkResult(name: name, value: value, unit: unit, required: required, ok: value <= required)
    }

    private enum CodingKeys: String, CodingKey {
        case name, value, unit, ceiling, ratio, required, ok
    }

    /// Absent figures are written as `null`: every line has every member.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(self.name, forKey: .name)
        try container.encode(self.value, forKey: .value)
        try container.encode(self.unit, forKey: .unit)
        try container.encode(self.ceiling, forKey: .ceiling)
        try container.encode(self.ratio, forKey: .ratio)
        try container.encode(self.required, forKey: .required)
        try container.encode(self.ok, forKey: .ok)
    }
}

extension [Double] {
    /// The middle one, or the mean of the two in the middle; 0 where there is none.
    var median: Double {
        guard !self.isEmpty else { return 0 }
        let sorted = self.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    /// The rate of several runs of the same work together; 0 where there is none.
    var harmonicMean: Double { self.isEmpty ? 0 : Double(self.count) / self.reduce(0) { $0 + 1 / $1 } }
}
