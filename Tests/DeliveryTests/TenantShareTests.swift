import EventLog
import Subscriptions
import Testing

@testable import Delivery

/// What tenants share, and that none of them gets it all.
@Suite struct TenantShareTests {
    private static let share = 64

    /// Tenants whose sinks never answer and that have all the attempts in flight that they may.
    private static func hanging(_ tenants: Int, beside: [(name: String, tenant: String)] = []) -> MachineRecorder {
        var recorder = MachineRecorder {
            $0.inFlightMax = Self.share
            $0.inFlightPerTenantMax = Self.share
            $0.inFlightPerDestinationMax = Self.share
        }
        for index in 0..<tenants {
            recorder.add("hang\(index)", tenant: "hang\(index)", origin: "http://hang\(index)") {
                $0.concurrency = 1_000
            }
        }
        for (name, tenant) in beside { recorder.add(name, tenant: tenant, origin: "http://\(name)") }
        for index in 0..<tenants { recorder.publish(200, to: ["hang\(index)"]) }
        return recorder
    }

    @Test(arguments: [1, 2, 5, 12])
    func howeverTenantsHangAnotherFindsAPlace(tenants: Int) {
        var recorder = Self.hanging(tenants, beside: [("well", "well")])
        let stuck = recorder.attempts.count
        #expect(stuck < Self.share)
        for _ in 0..<50 {
            recorder.publish(1, to: ["well"])
            #expect(recorder.attempts.count == stuck + 1)
            recorder.answer(for: "well")
        }
        #expect(recorder.sent["well"]?.count == 50)
        #expect(recorder.attempts.count == stuck)
    }

    @Test(arguments: [1, 3, 12])
    func whoWasHeldBackGoesOnWhenPlacesAreFreeAgain(tenants: Int) {
        var recorder = Self.hanging(tenants)
        recorder.settleAll()
        for index in 0..<tenants { #expect(recorder.sent["hang\(index)"]?.count == 200) }
        #expect(recorder.machine.isQuiet)
    }

    /// Whatever order answers come in, tenants that always have something to send get turns by weight.
    @Test(arguments: Array(UInt64(1)...25))
    func turnsAreInProportionToWeight(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let places = Int.random(in: 1...7, using: &random)
        var recorder = MachineRecorder { $0.inFlightMax = places }
        let weights = (0..<Int.random(in: 2...4, using: &random)).map { _ in Int.random(in: 1...5, using: &random) }
        for (index, weight) in weights.enumerated() {
            recorder.machine.setShare(ofTenant: "t\(index)", weight: weight, now: 0)
            recorder.add("s\(index)", tenant: "t\(index)", origin: "http://\(index)") { $0.concurrency = 100 }
        }
        recorder.publish(900)
        var answered = Array(repeating: 0, count: weights.count)
        let rounds = 60
        for _ in 0..<(rounds * weights.reduce(0, +)) {
            let index = Int.random(in: 0..<recorder.attempts.count, using: &random)
            let attempt = recorder.attempts.remove(at: index)
            if let tenant = Int(attempt.subscription.tenant.dropFirst()) { answered[tenant] += 1 }
            recorder.report(attempt, .delivered)
        }
        for (index, weight) in weights.enumerated() {
            let expected = rounds * weight
            #expect(
                abs(answered[index] - expected) <= places + weights.reduce(0, +),
                "seed \(seed): \(answered), \(weights)")
        }
    }

    @Test func aTenantsPlacesChangeAtRunTime() {
        var recorder = MachineRecorder()
        recorder.machine.setShare(ofTenant: "t", weight: 1, inFlightMax: 3, now: 0)
        recorder.add("a") { $0.concurrency = 100 }
        recorder.publish(20)
        #expect(recorder.attempts.count == 3)
        #expect(recorder.machine.inFlight(ofTenant: "t") == 3)
        recorder.machine.setShare(ofTenant: "t", weight: 1, inFlightMax: 5, now: 0)
        recorder.take()
        #expect(recorder.attempts.count == 5)
        recorder.machine.setShare(ofTenant: "t", weight: 1, inFlightMax: 1, now: 0)
        for _ in 0..<4 { recorder.answer() }
        #expect(recorder.attempts.count == 1)
        recorder.settleAll()
        #expect(recorder.sent["a"]?.count == 20)
    }

    @Test func whoLagsWithManySubscriptionsDoesNotKeepTheReadersFromOthers() {
        var recorder = MachineRecorder {
            $0.windowEventsMax = 4
            $0.catchUpFetchesMax = 1
        }
        let crowd = (0..<30).map { "crowd\($0)" }
        for name in crowd { recorder.add(name, tenant: "crowd", origin: "http://crowd") { $0.concurrency = 1 } }
        recorder.add("lone", tenant: "lone", origin: "http://lone") { $0.concurrency = 1 }
        recorder.publish(12)
        // All of them have left the tail, and ask to be read for as soon as half of what they hold is settled.
        for _ in 0..<3 {
            for name in crowd + ["lone"] { recorder.answer(for: name) }
        }
        var reads = 0
        while let fetch = recorder.fetches.first, reads < 5 {
            if recorder.machine.specification(at: fetch.slot)?.id.name == "lone" { break }
            reads += 1
            recorder.serveFetch()
        }
        #expect(reads <= 2)
        for _ in 0..<40 { recorder.settleAll() }
        for name in crowd + ["lone"] { #expect(recorder.sent[name]?.count == 12, "\(name)") }
    }

    @Test func aTenantThatHoldsMostGivesMemoryUpFirst() {
        var recorder = MachineRecorder { $0.heldBytesMax = 1 << 20 }
        let crowd = (0..<9).map { "crowd\($0)" }
        for name in crowd { recorder.add(name, tenant: "crowd", origin: "http://crowd") { $0.concurrency = 1 } }
        recorder.add("lone", tenant: "lone", origin: "http://lone") { $0.concurrency = 1 }
        // One event for each of the crowd is a third of what the lone one has.
        recorder.publish(2, key: "k", to: ["lone"], bytes: 150_000)
        for _ in 0..<2 {
            for name in crowd { recorder.publish(1, key: "k", to: [name], bytes: 50_000) }
        }
        #expect(recorder.standing("lone", tenant: "lone")?.heldEvents == 2)
        #expect(recorder.standing("lone", tenant: "lone")?.isCatchingUp == false)
        #expect(crowd.contains { recorder.standing($0, tenant: "crowd")?.isCatchingUp == true })
    }

    @Test func whereNobodyGivesMemoryUpItIsLookedForAgainAfterAWhile() {
        var recorder = MachineRecorder {
            $0.heldBytesMax = 40_000
            $0.catchUpBytesMax = 1_000
        }
        var count = 0
        while recorder.machine.totals.heldBytes <= 39_000 {
            let name = "holder\(count)"
            recorder.add(name, tenant: name, origin: "http://\(name)")
            recorder.publish(1, to: [name], bytes: 500)
            count += 1
        }
        let late = MachineRecorder.specification(
            "late", tenant: "late", origin: "http://late", until: [MachineRecorder.partition(0): Int64(count)])
        recorder.add(late, starts: [MachineRecorder.partition(0): .zero])
        #expect(recorder.fetches.isEmpty)
        recorder.pass(10)
        #expect(recorder.machine.failedSearch?.until == 100, "not at every step")
        // From now on somebody has memory that cannot be used for a while.
        recorder.answer(.retry(afterMilliseconds: 60_000), status: 503, for: "holder0")
        #expect(recorder.fetches.isEmpty)
        recorder.passToDeadline()
        #expect(recorder.now == 100)
        #expect(recorder.fetches.count == 1)
    }
}
