import Foundation

/// All results: a table for people, JSON for programs.
struct BenchmarkReport {
    var results: [BenchmarkResult]

    var table: String {
        let head = ["name", "value", "unit", "ceiling", "ratio", "required", "ok"]
        let rows = self.results.map { result in
            [
                result.name, Self.figure(result.value), result.unit, result.ceiling.map(Self.figure) ?? "–",
                result.ratio.map(Self.figure) ?? "–", Self.figure(result.required), result.ok ? "yes" : "no",
            ]
        }
        let widths = head.indices.map { column in ([head] + rows).map { $0[column].count }.max() ?? 0 }
        return ([head] + rows).map { row in
            row.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - row[column].count)
                // Words to the left, figures to the right.
                return [0, 2, 6].contains(column) ? row[column] + padding : padding + row[column]
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    /// Writes the results; what the file has of other benchmarks stays.
    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let file = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        let own = Set(self.results.map(\.name))
        let others = (try? JSONDecoder().decode([BenchmarkResult].self, from: Data(contentsOf: file))) ?? []
        try encoder.encode(others.filter { !own.contains($0.name) } + self.results).write(to: file, options: .atomic)
    }

    /// Whole numbers where they are large, two decimals where they are small.
    static func figure(_ value: Double) -> String {
        value >= 100 ? String(Int(value.rounded())) : String(format: "%.2f", value)
    }
}
