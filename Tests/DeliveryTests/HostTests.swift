import Delivery
import EventLog
import Subscriptions
import Testing

/// What all tenants share of one host and port.
@Suite struct HostTests {
    @Test func noMoreIsInFlightToAHostThanAllowedAndTenantsTakeTurns() {
        var recorder = MachineRecorder { $0.inFlightPerHostMax = 4 }
        for tenant in ["a", "b", "c"] {
            recorder.add(tenant, tenant: tenant, origin: "http://shared") { $0.concurrency = 100 }
        }
        recorder.add("d", tenant: "d", origin: "http://other") { $0.concurrency = 100 }
        recorder.publish(40)
        #expect(recorder.attempts.count { $0.subscription.name != "d" } == 4)
        #expect(recorder.attempts.count { $0.subscription.name == "d" } == 4)
        for _ in 0..<60 {
            guard let attempt = recorder.attempts.first(where: { $0.subscription.name != "d" }) else { break }
            recorder.answer(for: attempt.subscription.name)
            #expect(recorder.attempts.count { $0.subscription.name != "d" } <= 4)
        }
        for tenant in ["a", "b", "c"] {
            #expect((17...26).contains(recorder.sent[tenant]?.count ?? 0), "\(tenant): \(recorder.sent[tenant] ?? [])")
        }
        recorder.settleAll()
        for tenant in ["a", "b", "c", "d"] { #expect(recorder.sent[tenant]?.count == 40, "\(tenant)") }
    }

    @Test func aHostsRateIsSharedByAllWhoSendThere() {
        var recorder = MachineRecorder {
            $0.ratePerHost = 10
            $0.hostRates = ["http://quick": 1_000]
        }
        for tenant in ["a", "b"] {
            recorder.add("\(tenant)1", tenant: tenant, origin: "http://shared")
            recorder.add("\(tenant)2", tenant: tenant, origin: "http://shared")
        }
        recorder.add("q", tenant: "q", origin: "http://quick") { $0.concurrency = 100 }
        recorder.publish(50)
        for second in 1...4 {
            for _ in 0..<100 { recorder.pass(10) }
            let slow = recorder.sent.filter { $0.key != "q" }.values.reduce(0) { $0 + $1.count }
            #expect((10 * second...10 * second + 1).contains(slow), "\(slow) in \(second) s")
        }
        let byTenant = ["a", "b"].map { tenant in
            recorder.sent.filter { $0.key.hasPrefix(tenant) }.values.reduce(0) { $0 + $1.count }
        }
        #expect(abs(byTenant[0] - byTenant[1]) <= 2, "\(byTenant)")
        #expect(recorder.sent["q"]?.count == 50)
    }

    @Test func whoLeavesAHostPassesItsTurnOn() {
        var recorder = MachineRecorder { $0.inFlightPerHostMax = 1 }
        for tenant in ["a", "b", "c"] { recorder.add(tenant, tenant: tenant, origin: "http://shared") }
        recorder.publish(3)
        #expect(recorder.attempts.map(\.subscription.name) == ["a"])
        recorder.remove("b", tenant: "b")
        recorder.settleAll()
        #expect(recorder.sent["c"]?.count == 3)
        #expect(recorder.sent["a"]?.count == 3)
    }

    @Test func aTurnThatCannotBeUsedGoesToTheNext() {
        var recorder = MachineRecorder { $0.inFlightPerHostMax = 1 }
        recorder.add("a", tenant: "a", origin: "http://shared")
        recorder.add("slow", tenant: "slow", origin: "http://shared") { $0.rateLimitPerSecond = 0.1 }
        recorder.add("c", tenant: "c", origin: "http://shared")
        recorder.publish(4)
        recorder.settleAll()
        for name in ["a", "c"] { #expect(recorder.sent[name]?.count == 4, "\(name)") }
        #expect(recorder.sent["slow"]?.count == 1)
        for _ in 0..<10 {
            recorder.pass(10_000)
            recorder.settleAll()
        }
        #expect(recorder.sent["slow"]?.count == 4)
    }

    @Test func anOpenCircuitDoesNotHoldTheHostsTurn() {
        var recorder = MachineRecorder {
            $0.inFlightPerHostMax = 1
            $0.circuitFailuresMax = 1
        }
        recorder.add("bad", tenant: "bad", origin: "http://shared") { $0.deadLetter = false }
        recorder.add("good", tenant: "good", origin: "http://shared")
        recorder.publish(4)
        recorder.answer(.retry(afterMilliseconds: nil), status: 500, for: "bad")
        recorder.settleAll()
        #expect(recorder.sent["good"]?.count == 4)
        for _ in 0..<20 {
            recorder.passToDeadline()
            recorder.settleAll()
        }
        #expect(Set(recorder.sent["bad"] ?? []) == [0, 1, 2, 3])
    }

    @Test func aTurnOfATenantWithoutAPlaceGoesToTheNext() {
        var recorder = MachineRecorder {
            $0.inFlightPerHostMax = 1
            $0.inFlightPerTenantMax = 2
        }
        recorder.add("c", tenant: "c", origin: "http://shared")
        recorder.add("a", tenant: "a", origin: "http://shared")
        recorder.add("b", tenant: "b", origin: "http://shared")
        for name in ["hang", "hang2"] { recorder.add(name, tenant: "a", origin: "http://\(name)") }
        for name in ["c", "a", "b", "hang", "hang2"] { recorder.publish(1, to: [name]) }
        #expect(recorder.attempts.map(\.subscription.name) == ["c", "hang", "hang2"])
        recorder.answer(for: "c")
        #expect(recorder.attempts.contains { $0.subscription.name == "b" })
        recorder.publish(3, to: ["b"])
        for _ in 0..<4 { recorder.answer(for: "b") }
        #expect(recorder.sent["b"]?.count == 4)
        #expect(recorder.sent["a"] == nil)
        recorder.settleAll()
        #expect(recorder.sent["a"]?.count == 1)
    }

    @Test func atAHostsRateATurnOfATenantWithoutAPlaceGoesToTheNext() {
        var recorder = MachineRecorder {
            $0.ratePerHost = 1
            $0.inFlightPerTenantMax = 1
        }
        recorder.add("c", tenant: "c", origin: "http://shared")
        recorder.add("a", tenant: "a", origin: "http://shared")
        recorder.add("b", tenant: "b", origin: "http://shared")
        recorder.add("hang", tenant: "a", origin: "http://hang")
        recorder.publish(1, to: ["c"])
        recorder.answer(for: "c")
        for name in ["a", "b", "hang"] { recorder.publish(1, to: [name]) }
        recorder.publish(9, to: ["b"])
        for _ in 0..<12 {
            recorder.pass(1_000)
            recorder.answer(for: "b")
        }
        #expect(recorder.sent["b"]?.count == 10)
        #expect(recorder.sent["a"] == nil)
    }

    @Test func aTenantWithMuchToSendToAHostDoesNotTakeEveryTurn() {
        var recorder = MachineRecorder {
            $0.inFlightPerHostMax = 1
            $0.inFlightPerTenantMax = 1
        }
        for name in ["a1", "a2"] { recorder.add(name, tenant: "a", origin: "http://shared") }
        recorder.add("b", tenant: "b", origin: "http://shared")
        recorder.publish(20)
        for _ in 0..<20 { recorder.answer() }
        // Of three subscriptions each gets its part.
        #expect((6...10).contains(recorder.sent["b"]?.count ?? 0), "\(recorder.sent)")
    }
}
