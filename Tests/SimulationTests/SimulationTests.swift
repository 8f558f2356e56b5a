import SimulationKit
import Testing

/// Two thousand lives of the delivery machine, each wholly determined by its seed.
///
/// `make simulate SEEDS=1 FROM=seed` shows a failing one again.
@Suite struct SimulationTests {
    @Test(arguments: 0..<16)
    func invariantsHoldInEverySchedule(block: Int) {
        var total = SimulatedWorld.Statistics()
        for seed in UInt64(block * 125 + 1)...UInt64(block * 125 + 125) {
            let result = Simulation.run(seed: seed, steps: 160)
            if let violation = result.violation { Issue.record("seed \(seed): \(violation)") }
            total.crashes += result.statistics.crashes
            total.delivered += result.statistics.delivered
            total.deadLettered += result.statistics.deadLettered
            total.redelivered += result.statistics.redelivered
            total.detachedSeen += result.statistics.detachedSeen
            total.replaysCompleted += result.statistics.replaysCompleted
            total.rangesLost += result.statistics.rangesLost
            total.revokes += result.statistics.revokes
        }
        // A world in which nothing goes wrong would prove nothing.
        #expect(total.crashes > 0)
        #expect(total.delivered > 0)
        #expect(total.deadLettered > 0)
        #expect(total.redelivered > 0)
        #expect(total.detachedSeen > 0)
        #expect(total.replaysCompleted > 0)
        #expect(total.rangesLost > 0)
        #expect(total.revokes > 0)
    }

    @Test func theSameSeedGivesTheSameLife() {
        let first = Simulation.run(seed: 42)
        let second = Simulation.run(seed: 42)
        #expect(first.statistics.sends == second.statistics.sends)
        #expect(first.statistics.delivered == second.statistics.delivered)
    }
}
