import Delivery

/// Runs seeded schedules.
public enum Simulation {
    /// Steps of a schedule before the world is made kind. A seed means the same life wherever it is run.
    public static let steps = 200

    /// What one schedule came to.
    public struct Result: Sendable {
        public let seed: UInt64
        /// The first invariant that broke, in one sentence; nil where all held.
        public let violation: String?
        public let statistics: SimulatedWorld.Statistics
    }

    /// One schedule: the same seed gives the same result.
    public static func run(seed: UInt64) -> Result {
        var world = SimulatedWorld(seed: seed)
        for _ in 0..<2 {
            world.create()
            while !world.work[0].isEmpty { world.workOn(0) }
        }
        for _ in 0..<self.steps where world.violation == nil {
            world.step()
            world.check()
        }
        if world.violation == nil { world.quiesce() }
        return Result(seed: seed, violation: world.violation, statistics: world.statistics)
    }
}
