import Foundation

/// One line of the report.
protocol Benchmark: Sendable {
    var name: String { get }
    func run(_ context: BenchmarkContext) async throws -> BenchmarkResult
}

/// What a benchmark is given: an empty directory, and how much time it may take.
struct BenchmarkContext: Sendable {
    var directory: URL
    var isQuick: Bool

    /// Rounds of A and B in turn; the median counts.
    var rounds: Int { self.isQuick ? 1 : 9 }
    /// How long one side of a round is measured, after a warm-up of a fifth of it.
    var roundSeconds: Double { self.isQuick ? 1 : 5 }

    /// A smaller amount of work when in a hurry.
    func scaled(_ count: Int, quick: Int) -> Int { self.isQuick ? quick : count }

    /// One round of both sides. The other one begins in every second round: a machine that grows slower or faster
    /// meanwhile does so for both.
    func measure(
        round: Int, value: () async throws -> Double, ceiling: () async throws -> Double
    ) async throws -> (value: Double, ceiling: Double) {
        guard round.isMultiple(of: 2) else {
            let value = try await value()
            return (value, try await ceiling())
        }
        let ceiling = try await ceiling()
        return (try await value(), ceiling)
    }
}
