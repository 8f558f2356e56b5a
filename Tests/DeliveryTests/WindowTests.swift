import EventLog
import Subscriptions
import Testing

@testable import Delivery

@Suite struct WindowTests {
    /// Every subscription holds four events at most.
    private func makeSmall() -> MachineRecorder { MachineRecorder { $0.windowEventsMax = 4 } }

    @Test func whoseWindowIsFullLeavesTheTailAndKeepsWhatItHolds() {
        var recorder = self.makeSmall()
        recorder.add("slow") { $0.concurrency = 1 }
        recorder.publish(10, key: "k")
        #expect(recorder.standing("slow")?.heldEvents == 4)
        #expect(recorder.standing("slow")?.isCatchingUp == true)
        #expect(recorder.attempts.count == 1)
        #expect(recorder.fetches.isEmpty, "there is no room to read into")
    }

    @Test func itComesBackInOrderWhenItHasCaughtUp() {
        var recorder = self.makeSmall()
        recorder.add("slow") { $0.concurrency = 1 }
        recorder.publish(10, key: "k")
        recorder.settleAll()
        #expect(recorder.standing("slow")?.isCatchingUp == false)
        recorder.publish(2, key: "k")
        recorder.settleAll()
        #expect(recorder.sent["slow"] == Array(0..<12))
    }

    @Test func aSlowOneHoldsNobodyBack() {
        var recorder = self.makeSmall()
        recorder.add("slow") { $0.concurrency = 1 }
        recorder.add("quick", origin: "http://quick")
        for _ in 0..<20 {
            recorder.publish(2, key: "k")
            while recorder.attempts.contains(where: { $0.subscription.name == "quick" }) {
                recorder.answer(for: "quick")
            }
        }
        #expect(recorder.sent["quick"] == Array(0..<40))
        #expect(recorder.sent["slow"] == [0])
        recorder.settleAll()
        #expect(recorder.sent["slow"] == Array(0..<40))
    }

    @Test func aFailedReadIsTriedAgain() {
        var recorder = self.makeSmall()
        recorder.add("slow") { $0.concurrency = 1 }
        recorder.publish(8, key: "k")
        while recorder.fetches.isEmpty { recorder.answer() }
        recorder.failFetch()
        #expect(recorder.fetches.isEmpty)
        recorder.pass(recorder.limits.internalRetryMilliseconds)
        #expect(recorder.fetches.count == 1)
        recorder.settleAll()
        #expect(recorder.sent["slow"] == Array(0..<8))
    }

    @Test func bytesFillAWindowToo() {
        var recorder = MachineRecorder { $0.windowBytesMax = 3_000 }
        recorder.add("slow")
        recorder.publish(10, key: "k", bytes: 1_000)
        #expect((1...3).contains(recorder.standing("slow")?.heldEvents ?? 0))
        #expect(recorder.standing("slow")?.isCatchingUp == true)
    }

    @Test func theBiggestHoldersMakeRoomFirst() {
        var recorder = MachineRecorder {
            $0.heldBytesMax = 40_000
            $0.catchUpBytesMax = 1_000
        }
        recorder.add("big") { $0.concurrency = 1 }
        recorder.add("little") { $0.concurrency = 1 }
        recorder.publish(2, key: "k", to: ["little"], bytes: 1_000)
        recorder.publish(1, key: "k", to: ["big"], bytes: 1_000)
        recorder.publish(39, key: "k", to: ["big"], bytes: 1_000)
        #expect(recorder.standing("little")?.heldEvents == 2)
        #expect(recorder.standing("little")?.isCatchingUp == false)
        #expect(recorder.standing("big")?.heldEvents == 1, "what is at the sink cannot leave memory")
        #expect(recorder.standing("big")?.isCatchingUp == true)
        recorder.settleAll()
        #expect(recorder.sent["big"] == Array(2..<42))
    }

    @Test func aReadTakesNoMoreThanMemoryHasRoomFor() {
        var recorder = MachineRecorder {
            $0.windowEventsMax = 8
            $0.heldBytesMax = 20_000
            $0.catchUpBytesMax = 4_000
        }
        recorder.add("reader") { $0.concurrency = 1 }
        recorder.add("holder") { $0.concurrency = 1 }
        recorder.publish(30, key: "k", to: ["reader"], bytes: 1_000)
        while recorder.fetches.isEmpty { recorder.answer(for: "reader") }
        // While the read is under way another takes the room.
        recorder.publish(8, key: "k", to: ["holder"], bytes: 1_500)
        recorder.serveFetch()
        #expect(recorder.machine.totals.heldBytes <= 20_000 + 1_500)
        recorder.settleAll()
        #expect(recorder.sent["reader"] == Array(0..<30))
    }

    @Test func whatWasTriedMayLeaveMemoryAndGoesOnWhereItWas() {
        var recorder = MachineRecorder {
            $0.heldBytesMax = 20_000
            $0.catchUpBytesMax = 1_000
        }
        recorder.add("slow") {
            $0.retry.delayMinMilliseconds = 10_000
            $0.retry.delayMaxMilliseconds = 10_000
            $0.retry.attemptsMax = 3
            $0.retry.ageMaxMilliseconds = 25_000
        }
        recorder.publish(8, to: ["slow"], bytes: 1_000)
        while !recorder.attempts.isEmpty { recorder.answer(.retry(afterMilliseconds: nil), status: 503) }
        recorder.add("other", origin: "http://other") { $0.concurrency = 1 }
        recorder.publish(12, key: "k", to: ["other"], bytes: 500)
        #expect(recorder.standing("slow")?.heldEvents == 0)
        #expect(recorder.machine.footprint.tried == 8)
        while recorder.attempts.contains(where: { $0.subscription.name == "other" }) { recorder.answer(for: "other") }
        recorder.serveFetches()
        #expect(recorder.standing("slow")?.heldEvents == 8)
        #expect(recorder.machine.footprint.tried == 0)
        recorder.pass(4_999)
        #expect(recorder.attempts.isEmpty, "their time has not come")
        recorder.pass(5_001)
        #expect(recorder.attempts.map(\.number) == Array(repeating: 2, count: 8))
        while !recorder.attempts.isEmpty { recorder.answer(.retry(afterMilliseconds: 60_000), status: 503) }
        recorder.pass(14_999)
        #expect(recorder.deadLetters.isEmpty)
        recorder.pass(1)
        #expect(recorder.deadLetters.count == 8, "their age counts from the first attempt")
    }

    @Test func timersOfWhatLeftMemoryDoNotPileUp() {
        var recorder = MachineRecorder()
        recorder.add("slow") {
            $0.retry.delayMinMilliseconds = 1_000_000
            $0.retry.delayMaxMilliseconds = 1_000_000
        }
        recorder.publish(20)
        while !recorder.attempts.isEmpty { recorder.answer(.retry(afterMilliseconds: nil), status: 429) }
        for _ in 0..<100 {
            recorder.machine.relievePressure(downTo: 0, victims: [0])
            recorder.pass(0)
            recorder.serveFetches()
            #expect(recorder.standing("slow")?.heldEvents == 20)
        }
        #expect(recorder.machine.footprint.timers <= 64)
        recorder.pass(1_000_000)
        #expect(recorder.attempts.count == 20)
    }

    @Test func whoIsPausedHoldsNothing() {
        var recorder = MachineRecorder()
        recorder.add("a") { $0.concurrency = 1 }
        recorder.publish(5, key: "k")
        recorder.update(MachineRecorder.specification("a", status: .paused) { $0.concurrency = 1 })
        #expect(recorder.standing("a")?.heldEvents == 1, "an attempt in flight still reports")
        recorder.answer()
        recorder.publish(5, key: "k")
        recorder.pass(1_000)
        #expect(recorder.standing("a")?.heldEvents == 0)
        #expect(recorder.attempts.isEmpty && recorder.fetches.isEmpty)
        recorder.update(MachineRecorder.specification("a"))
        recorder.settleAll()
        #expect(recorder.sent["a"] == Array(0..<10))
    }

    @Test func aResumedOneNeedNotWaitForItsRetries() {
        var recorder = MachineRecorder()
        recorder.add("a")
        recorder.publish(1)
        recorder.answer(.retry(afterMilliseconds: 3_600_000), status: 503)
        recorder.update(MachineRecorder.specification("a"))
        recorder.pass(0)
        #expect(recorder.attempts.map(\.number) == [2])
    }
}
