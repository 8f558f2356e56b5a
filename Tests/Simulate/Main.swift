import SimulationKit

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// `portarium-simulate [--seeds COUNT] [--from SEED]`: runs COUNT seeded schedules (default 2000), beginning with SEED
/// (default 1). Prints a line for every one that breaks a promise; exit code 1 where one did, 2 for bad arguments.
@main
struct Main {
    static func main() {
        guard let request = SimulationRequest(CommandLine.arguments.dropFirst()) else {
            print("usage: portarium-simulate [--seeds COUNT] [--from SEED]")
            exit(2)
        }
        var violations = 0
        for index in 0..<request.seeds {
            let result = Simulation.run(seed: request.from &+ index)
            if let violation = result.violation {
                violations += 1
                print("seed \(result.seed): \(violation)")
            }
        }
        print("\(request.seeds) schedules, \(violations) violations")
        if violations > 0 { exit(1) }
    }
}
