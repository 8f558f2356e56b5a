import Testing

@testable import EventDispatch

struct TailPaceTests {
    /// A tail that reads `records` each `interval`, after a second of it.
    private func pace(_ records: Int, each interval: Duration) -> TailPace {
        var now = ContinuousClock.now
        var pace = TailPace(gathering: .milliseconds(5), now: now)
        let end = now + .seconds(1)
        while now < end {
            now += interval
            pace.read(records, now: now)
        }
        return pace
    }

    @Test func nothingGathersBeforeARateIsKnown() {
        #expect(!TailPace(gathering: .milliseconds(5), now: .now).gathers)
    }

    @Test func recordsThatComeFastGather() {
        #expect(self.pace(12, each: .milliseconds(5)).gathers)
        #expect(self.pace(1, each: .milliseconds(1)).gathers)
    }

    @Test func fewAreReadAtOnce() {
        #expect(!self.pace(1, each: .milliseconds(5)).gathers)
        #expect(!self.pace(20, each: .milliseconds(100)).gathers)
    }

    @Test func aSilenceEndsTheGathering() {
        var now = ContinuousClock.now
        var pace = TailPace(gathering: .milliseconds(5), now: now)
        for _ in 0..<100 {
            now += .milliseconds(1)
            pace.read(10, now: now)
        }
        #expect(pace.gathers)
        pace.read(1, now: now + .seconds(1))
        #expect(!pace.gathers)
    }

    @Test func withoutATimeNothingGathers() {
        var pace = TailPace(gathering: .zero, now: .now)
        pace.read(1_000, now: .now + .seconds(1))
        #expect(!pace.gathers)
    }
}
