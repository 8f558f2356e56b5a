import EventLog
import Testing

@testable import Delivery

@Suite struct SubscriptionCursorTests {
    @Test func aCursorSurvivesItsCommit() throws {
        let cursor = SubscriptionCursor(
            generation: "g1", isDetached: true, position: 1_000, unsettled: [3, 4, 5, 9, 700], delivered: 41,
            deadLettered: 2)
        #expect(cursor.committed.offset == Offset(3))
        #expect(SubscriptionCursor(cursor.committed) == cursor)
    }

    @Test func aCursorWithoutGapsIsItsPosition() {
        let cursor = SubscriptionCursor(generation: "g", isDetached: false, position: 7)
        #expect(cursor.committed.offset == Offset(7))
        #expect(SubscriptionCursor(cursor.committed) == cursor)
    }

    @Test(arguments: [
        "", "x", "1 g a", "2 g a 0 0 0 ", "1 g z 0 0 0 ", "1 g a 0 0 0 5", "1 g a a 0 0 3-1", "1 g a -1 0 0 ",
    ])
    func otherMetadataIsNoCursor(text: String) {
        #expect(SubscriptionCursor(CommittedOffset(offset: Offset(1), metadata: text)) == nil)
    }

    @Test func aCursorInAPartitionThatBecameShorterGoesBackToItsEnd() {
        let cursor = SubscriptionCursor(
            generation: "g", isDetached: true, position: 1_000, unsettled: [3, 700, 899, 900, 950], delivered: 41)
        #expect(cursor.limited(to: Offset(1_000), tail: .zero) == cursor)
        let limited = cursor.limited(to: Offset(900), tail: Offset(800))
        #expect(
            limited
                == SubscriptionCursor(
                    generation: "g", isDetached: true, position: 900, unsettled: [3, 700, 899], delivered: 41))
        #expect(SubscriptionCursor(limited.committed) == limited)
    }

    @Test func anAttachedCursorInAPartitionThatBecameShorterHasSettledWhatTheTailHas() {
        let cursor = SubscriptionCursor(generation: "g", isDetached: false, position: 50, unsettled: [3, 20, 40])
        let limited = cursor.limited(to: Offset(30), tail: Offset(10))
        #expect(limited == SubscriptionCursor(generation: "g", isDetached: true, position: 30, unsettled: [20]))
    }

    @Test func aDamagedPositionIsNoCursor() {
        for text in ["1 g a 1y2p0ij32e8e7 0 0 ", "1 g a 1y2p0ij32e8e7 0 0 0-1"] {
            #expect(SubscriptionCursor(CommittedOffset(offset: Offset(1), metadata: text)) == nil)
        }
    }

    @Test func noMoreGapsAreReadThanAreWritten() {
        let ranges = (0..<40).map { "\(String($0 * 3_000, radix: 36))-\(String($0 * 3_000 + 2_998, radix: 36))" }
        let text = "1 g a zzzz 0 0 " + ranges.joined(separator: ",")
        #expect(SubscriptionCursor(CommittedOffset(offset: .zero, metadata: text)) == nil)
        let cursor = SubscriptionCursor(
            generation: "g", isDetached: true, position: 150_000, unsettled: Array(0..<150_000))
        let fitting = cursor.fitting(metadataBytesMax: 60_000)
        #expect(SubscriptionCursor(fitting.committed) == fitting)
        #expect(fitting.position == 75_000)
    }
}
