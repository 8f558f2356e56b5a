import Delivery
import Testing

@Suite struct OffsetTrackerTests {
    @Test func gapHoldsTheLowestUnsettled() {
        var tracker = OffsetTracker(position: 5)
        tracker.hold(5)
        tracker.hold(6)
        tracker.settle(6)
        #expect(tracker.lowestUnsettled == 5)
        tracker.settle(5)
        #expect(tracker.lowestUnsettled == nil)
    }

    @Test func aStuckOffsetDoesNotLetSettledOnesPileUp() {
        var tracker = OffsetTracker(position: 0)
        for offset in Int64(0)..<100_000 {
            tracker.hold(offset)
            if offset > 0 { tracker.settle(offset) }
        }
        #expect(tracker.unsettled == [0])
        #expect(tracker.unsettledCount == 1)
    }

    @Test func whatLeftMemoryIsReadAgainInOrder() {
        var tracker = OffsetTracker(position: 0)
        for offset in Int64(1)...3 { tracker.hold(offset) }
        tracker.unload(3)
        tracker.unload(1)
        #expect(tracker.unloaded == [1, 3])
        #expect(tracker.firstUnloaded == 1)
        let isLoaded = tracker.load(1)
        let isUnknown = tracker.load(2)
        #expect(isLoaded)
        #expect(!isUnknown)
        #expect(tracker.firstUnloaded == 3)
    }

    @Test func whatTheLogLostIsCounted() {
        var tracker = OffsetTracker(position: 10, unsettled: [2, 5, 8])
        let lost = tracker.forgetUnloaded(below: 6)
        #expect(lost == 2)
        #expect(tracker.unsettled == [8])
    }

    @Test func settlingTwiceChangesNothing() {
        var tracker = OffsetTracker(position: 0)
        tracker.hold(0)
        let first = tracker.settle(0)
        let second = tracker.settle(0)
        #expect(first)
        #expect(!second)
        #expect(tracker.unsettledCount == 0)
    }
}
