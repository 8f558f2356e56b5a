import Subscriptions
import Testing

@testable import EventDispatch

@Suite struct AgreementScheduleTests {
    private func id(_ tenant: String, _ name: Int) -> SubscriptionID {
        SubscriptionID(tenant: tenant, name: "\(name)")
    }

    @Test func aTenantWhoseTargetsDoNotAnswerHoldsUpNobodyElse() {
        var schedule = AgreementSchedule(intervalMilliseconds: 300_000)
        for name in 0..<1_000 { schedule.expect(self.id("a", name), now: 0) }
        schedule.expect(self.id("z", 0), now: 1)
        let taken = schedule.takeDue(now: 1)
        #expect(taken.count(where: { $0.tenant == "a" }) == AgreementSchedule.asksPerTenantMax)
        #expect(taken.contains(self.id("z", 0)))
        #expect(schedule.takeDue(now: 2).isEmpty)
    }

    @Test func placesOfAllTenantsAreBoundedAndGoToWhoHasWaitedLongest() {
        var schedule = AgreementSchedule(intervalMilliseconds: 300_000)
        for tenant in 0..<100 { schedule.expect(self.id("t\(tenant)", 0), now: Int64(1_000 - tenant)) }
        let taken = schedule.takeDue(now: 1_000)
        #expect(taken == (68..<100).reversed().map { self.id("t\($0)", 0) })
        schedule.asked(taken[0], isStillWanted: true, now: 1_001)
        #expect(schedule.takeDue(now: 1_001) == [self.id("t67", 0)])
    }

    @Test func whoHasNotAgreedIsAskedAgainAfterTheInterval() {
        var schedule = AgreementSchedule(intervalMilliseconds: 5_000)
        let id = self.id("a", 0)
        schedule.expect(id, now: 0)
        #expect(schedule.takeDue(now: 0) == [id])
        schedule.asked(id, isStillWanted: true, now: 100)
        #expect(!schedule.needsLook(now: 5_099))
        #expect(schedule.takeDue(now: 5_100) == [id])
    }

    @Test func toPauseAndResumeAsksNoOftener() {
        var schedule = AgreementSchedule(intervalMilliseconds: 300_000)
        let id = self.id("a", 0)
        schedule.expect(id, now: 0)
        #expect(schedule.takeDue(now: 0) == [id])
        // While it is asked.
        schedule.forget(id, now: 10)
        schedule.expect(id, now: 20)
        #expect(schedule.takeDue(now: 20).isEmpty)
        schedule.asked(id, isStillWanted: true, now: 30)
        // And after it.
        schedule.forget(id, now: 40)
        schedule.expect(id, now: 50)
        #expect(schedule.takeDue(now: 1_029).isEmpty)
        #expect(schedule.takeDue(now: 1_030) == [id])
    }

    @Test func nothingIsKeptOfWhoIsNotWanted() {
        var schedule = AgreementSchedule(intervalMilliseconds: 300_000)
        let id = self.id("a", 0)
        schedule.expect(id, now: 0)
        #expect(schedule.takeDue(now: 0) == [id])
        schedule.asked(id, isStillWanted: false, now: 10)
        #expect(!schedule.needsLook(now: 1_009))
        #expect(schedule.needsLook(now: 1_010))
        #expect(schedule.takeDue(now: 1_010).isEmpty)
        #expect(!schedule.needsLook(now: 1_000_000))
        schedule.expect(self.id("a", 1), now: 0)
        schedule.forget(self.id("a", 1), now: 0)
        #expect(!schedule.needsLook(now: 1_000_000))
    }
}
