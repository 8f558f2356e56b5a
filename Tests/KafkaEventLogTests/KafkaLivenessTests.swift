import Testing

@testable import KafkaEventLog

struct KafkaLivenessTests {
    private let start = ContinuousClock.now

    @Test func aProcessThatTicksIsNotSuspect() {
        let liveness = KafkaLiveness(sessionTimeout: .seconds(10))
        for second in 0..<60 {
            liveness.tick(now: self.start + .seconds(second))
            #expect(!liveness.isSuspect(now: self.start + .seconds(second)))
        }
    }

    @Test func aProcessThatStoodStillIsSuspectForASessionTimeout() {
        let liveness = KafkaLiveness(sessionTimeout: .seconds(10))
        liveness.tick(now: self.start)
        #expect(liveness.isSuspect(now: self.start + .seconds(6)))
        for tenths in 60..<160 { liveness.tick(now: self.start + .milliseconds(tenths * 100)) }
        #expect(liveness.isSuspect(now: self.start + .milliseconds(15_999)))
        #expect(!liveness.isSuspect(now: self.start + .milliseconds(16_000)))
    }
}
