import Delivery
import EventLog
import Subscriptions
import Testing

@Suite struct CircuitFlowTests {
    /// Two subscriptions at one origin, whose circuit has just been opened for 100 ms.
    private func makeOpen() -> MachineRecorder {
        var recorder = MachineRecorder {
            $0.circuitFailuresMax = 3
            $0.circuitOpenMillisecondsMin = 100
            $0.circuitOpenMillisecondsMax = 400
        }
        recorder.add("a") { $0.retry.delayMinMilliseconds = 1 }
        recorder.add("b") { $0.concurrency = 1 }
        recorder.publish(3, to: ["a"])
        for _ in 0..<3 { recorder.answer(.retry(afterMilliseconds: nil), status: 500) }
        recorder.publish(2, to: ["b"])
        return recorder
    }

    @Test func nothingIsSentThroughAnOpenCircuit() {
        var recorder = self.makeOpen()
        recorder.pass(99)
        #expect(recorder.attempts.isEmpty)
        #expect(recorder.machine.totals.circuitsOpen == 1)
    }

    @Test func oneProbeGoesOutWhenTheTimeHasCome() {
        var recorder = self.makeOpen()
        recorder.pass(100)
        #expect(recorder.attempts.count == 1)
        recorder.pass(10_000)
        #expect(recorder.attempts.count == 1)
    }

    @Test func aProbeThatFailsOpensForTwiceAsLong() {
        var recorder = self.makeOpen()
        for open: Int64 in [100, 200, 400, 400] {
            recorder.pass(open - 1)
            #expect(recorder.attempts.isEmpty)
            recorder.pass(1)
            #expect(recorder.attempts.count == 1)
            recorder.answer(.retry(afterMilliseconds: nil))
        }
    }

    @Test func aProbeThatSucceedsLetsAllGoOn() {
        var recorder = self.makeOpen()
        recorder.pass(100)
        recorder.answer()
        #expect(Set(recorder.attempts.map(\.subscription.name)) == ["a", "b"])
        recorder.settleAll()
        #expect(recorder.standing("a")?.heldEvents == 0)
        #expect(recorder.standing("b")?.heldEvents == 0)
    }

    @Test func aBusySinkIsNoFailure() {
        var recorder = MachineRecorder { $0.circuitFailuresMax = 1 }
        recorder.add("a")
        recorder.publish(1)
        for _ in 0..<5 {
            recorder.answer(.retry(afterMilliseconds: nil), status: 429)
            #expect(recorder.machine.totals.circuitsOpen == 0)
            recorder.passToDeadline()
        }
        recorder.answer(.rejected, status: 400)
        #expect(recorder.machine.totals.circuitsOpen == 0)
    }

    @Test func whatDidNotReachTheDestinationSaysNothingOfIt() {
        var recorder = MachineRecorder { $0.circuitFailuresMax = 1 }
        recorder.add("a")
        recorder.publish(1)
        for _ in 0..<5 {
            recorder.answer(.retry(afterMilliseconds: nil), reachedDestination: false)
            #expect(recorder.machine.totals.circuitsOpen == 0)
            recorder.passToDeadline()
        }
    }

    @Test func aProbeThatDidNotGetThereNeitherOpensNorCloses() {
        var recorder = self.makeOpen()
        recorder.pass(100)
        recorder.answer(.rejected, reachedDestination: false)
        #expect(recorder.attempts.count == 1, "the next one is the probe, and the only one")
        recorder.answer()
        recorder.settleAll()
        #expect(recorder.standing("b")?.heldEvents == 0)
    }

    @Test func anotherTenantsCircuitIsItsOwn() {
        var recorder = self.makeOpen()
        recorder.add("c", tenant: "other")
        recorder.publish(1, to: ["c"])
        #expect(recorder.attempts.map(\.subscription.name) == ["c"])
    }

    @Test func aDestinationThatNobodyUsesIsForgotten() {
        var recorder = self.makeOpen()
        recorder.pass(100)
        #expect(recorder.attempts.count == 1)
        #expect(recorder.machine.footprint.destinations == 1)
        recorder.update(MachineRecorder.specification("a", origin: "http://moved"))
        #expect(recorder.machine.footprint.destinations == 2)
        recorder.remove("b")
        recorder.remove("a")
        #expect(recorder.machine.footprint.destinations > 0, "what is in flight is waited for")
        while !recorder.attempts.isEmpty { recorder.answer(.retry(afterMilliseconds: nil), status: 500) }
        #expect(recorder.machine.footprint.destinations == 0)
        recorder.add("d")
        recorder.publish(1, to: ["d"])
        #expect(recorder.attempts.count == 1, "the circuit that was open is forgotten")
    }
}
