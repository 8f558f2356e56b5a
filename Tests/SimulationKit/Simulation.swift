import Delivery

/// Runs seeded schedules.
public enum Simulation {
    /// What one schedule came to.
    public struct Result: Sendable {
        public let seed: UInt64
        /// The first invariant that broke, in one sentence; nil where all held.
        public let violation: String?
        public let statistics: SimulatedWorld.Statistics
    }

    /// One schedule: the same seed gives the same result.
    public static func run(seed: UInt64, steps: Int = 300) -> Result {
        var world = SimulatedWorld(seed: seed)
        world.create()
        world.create()
        world.carryOut()
        for _ in 0..<steps where world.violation == nil {
            world.step()
            world.check()
        }
        if world.violation == nil { world.quiesce() }
        return Result(seed: seed, violation: world.violation, statistics: world.statistics)
    }
}
