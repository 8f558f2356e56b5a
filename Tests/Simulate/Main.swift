import SimulationKit

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// `portarium-simulate COUNT [FROM]`: runs COUNT seeded schedules, beginning with seed FROM (default 1).
@main
struct Main {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
        let count = arguments.first ?? 2_000
        let first = arguments.dropFirst().first ?? 1
        var violations = 0
        for seed in first..<(first + count) {
            let result = Simulation.run(seed: seed)
            if let violation = result.violation {
                violations += 1
                print("seed \(seed): \(violation)")
            }
        }
        print("\(count) schedules, \(violations) violations")
        if violations > 0 { exit(1) }
    }
}
