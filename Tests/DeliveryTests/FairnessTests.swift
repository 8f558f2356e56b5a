import Delivery
import EventLog
import Subscriptions
import Testing

@Suite struct FairnessTests {
    @Test func aSubscriptionKeepsToItsConcurrency() {
        var recorder = MachineRecorder()
        recorder.add("a") { $0.concurrency = 3 }
        recorder.publish(10)
        #expect(recorder.attempts.count == 3)
        recorder.answer()
        #expect(recorder.attempts.count == 3)
    }

    @Test func aDestinationIsSharedByItsSubscriptions() {
        var recorder = MachineRecorder { $0.inFlightPerDestinationMax = 4 }
        recorder.add("a")
        recorder.add("b")
        recorder.add("c", origin: "http://other")
        recorder.publish(10)
        #expect(recorder.attempts.count { $0.subscription.name == "c" } == 4)
        #expect(recorder.attempts.count { $0.subscription.name != "c" } == 4)
        recorder.settleAll()
        for name in ["a", "b", "c"] { #expect(recorder.sent[name]?.sorted() == Array(0..<10)) }
    }

    @Test func aTenantKeepsToItsShare() {
        var recorder = MachineRecorder { $0.inFlightPerTenantMax = 5 }
        for index in 0..<4 { recorder.add("a\(index)", origin: "http://\(index)") }
        recorder.add("b", tenant: "u")
        recorder.publish(10)
        #expect(recorder.attempts.count { $0.subscription.tenant == "t" } == 5)
        #expect(recorder.attempts.count { $0.subscription.tenant == "u" } == 5)
    }

    @Test func inAllNoMoreAreInFlightThanAllowed() {
        var recorder = MachineRecorder { $0.inFlightMax = 7 }
        for index in 0..<4 { recorder.add("a\(index)", tenant: "t\(index)") }
        recorder.publish(10)
        #expect(recorder.attempts.count == 7)
        recorder.settleAll()
        for index in 0..<4 { #expect(recorder.sent["a\(index)"]?.count == 10) }
    }

    @Test func aTenantWithAThousandLanesDoesNotStarveOneWithOne() {
        var recorder = MachineRecorder { $0.inFlightMax = 10 }
        recorder.add("big", tenant: "t0") { $0.concurrency = 1_000 }
        recorder.add("small", tenant: "t1")
        recorder.publish(1_000, to: ["big"])
        recorder.publish(1, to: ["small"])
        #expect(!recorder.attempts.contains { $0.subscription.name == "small" })
        for _ in 0..<2 where !recorder.attempts.contains(where: { $0.subscription.name == "small" }) {
            recorder.answer(for: "big")
        }
        #expect(recorder.attempts.contains { $0.subscription.name == "small" })
    }

    @Test(arguments: [1, 6])
    func weightsAreRespected(inFlightMax: Int) {
        var recorder = MachineRecorder { $0.inFlightMax = inFlightMax }
        recorder.machine.setShare(ofTenant: "heavy", weight: 3, now: 0)
        recorder.add("a", tenant: "heavy") { $0.concurrency = 100 }
        recorder.add("b", tenant: "light") { $0.concurrency = 100 }
        recorder.publish(500)
        var sent = ["a": 0, "b": 0]
        for _ in 0..<400 {
            sent[recorder.attempts[0].subscription.name, default: 0] += 1
            recorder.answer()
        }
        #expect((95...105).contains(sent["b"] ?? 0), "\(sent)")
    }

    @Test func subscriptionsOfATenantTakeTurns() {
        var recorder = MachineRecorder { $0.inFlightMax = 1 }
        recorder.add("a")
        recorder.add("b")
        recorder.publish(4)
        var order: [String] = []
        for _ in 0..<8 {
            order.append(recorder.attempts[0].subscription.name)
            recorder.answer()
        }
        #expect(order.prefix(6).count { $0 == "a" } == 3)
    }

    @Test func whoLeavesADestinationPassesItsTurnOn() {
        var recorder = MachineRecorder {
            $0.inFlightPerDestinationMax = 1
            $0.inFlightPerTenantMax = 2
        }
        for name in ["a", "b", "c"] { recorder.add(name, origin: "http://busy") }
        for name in ["x", "y"] { recorder.add(name, origin: "http://\(name)") }
        for name in ["a", "b", "c", "x", "y"] { recorder.publish(1, to: [name]) }
        #expect(recorder.attempts.map(\.subscription.name) == ["a", "x"])
        // The turn is now b's, but y takes the place in flight, and b goes away.
        recorder.answer(for: "a")
        #expect(recorder.attempts.map(\.subscription.name) == ["x", "y"])
        recorder.remove("b")
        recorder.settleAll()
        #expect(recorder.sent["b"] == nil)
        #expect(recorder.sent["c"]?.count == 1)
    }

    @Test func aRateIsKept() {
        var recorder = MachineRecorder()
        recorder.add("a") { $0.rateLimitPerSecond = 10 }
        recorder.publish(30)
        #expect(recorder.attempts.count == 1)
        for second in 1...2 {
            for _ in 0..<100 { recorder.pass(10) }
            #expect((10 * second...10 * second + 1).contains(recorder.attempts.count))
        }
    }

    @Test func aRateAllowsASmallBurstAfterAPause() {
        var recorder = MachineRecorder()
        recorder.add("a") { $0.rateLimitPerSecond = 100 }
        recorder.pass(10_000)
        recorder.publish(30)
        #expect(recorder.attempts.count == 5)
    }
}
