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
            let result = Simulation.run(seed: seed)
            if let violation = result.violation { Issue.record("seed \(seed): \(violation)") }
            total += result.statistics
        }
        // A world in which nothing goes wrong would prove nothing.
        #expect(total.crashes > 0)
        #expect(total.delivered > 0)
        #expect(total.deadLettered > 0)
        #expect(total.redelivered > 0)
        #expect(total.redriven > 0)
        #expect(total.detachedSeen > 0)
        #expect(total.replaysCompleted > 0)
        #expect(total.rangesLost > 0)
        #expect(total.revokes > 0)
        #expect(total.losses > 0)
        #expect(total.suspensions > 0)
        #expect(total.probes > 0)
        #expect(total.cursorsCut > 0)
        #expect(total.pressureSeen > 0)
        #expect(total.partitionsAdded > 0)
        #expect(total.changesLost > 0)
    }

    @Test func theSameSeedGivesTheSameLife() {
        let first = Simulation.run(seed: 42)
        let second = Simulation.run(seed: 42)
        #expect(first.statistics == second.statistics)
        #expect(first.statistics.digest != Simulation.run(seed: 43).statistics.digest)
    }
}
