import EventLog
import Subscriptions
import Testing

@testable import EventDispatch

/// The order and the bookkeeping of ``DeadLetterIndex``.
@Suite struct DeadLetterIndexTests {
    private func entry(_ id: String, _ offset: Int64, subscription: String = "s") -> DeadLetterIndex.Entry {
        DeadLetterIndex.Entry(
            id: id, offset: Offset(offset), tenant: "t", subscription: subscription, reason: "rejected",
            isIsolated: false)
    }

    @Test func writesThatEndOutOfOrderAreKeptInOrder() {
        var index = DeadLetterIndex()
        for offset: Int64 in [3, 1, 2, 5, 4] { index.insert(self.entry("\(offset)", offset)) }
        let oldest = index.oldest(
            of: SubscriptionID(tenant: "t", name: "s"), from: Offset(2), below: Offset(5), limit: 10)
        #expect(oldest.map(\.id) == ["2", "3", "4"])
        let newest = index.newest(tenant: "t", subscription: nil, before: Offset(4), limit: 2) { _ in true }
        #expect(newest.map(\.id) == ["3", "2"])
    }

    @Test func aTombstoneDoesNotTakeWhatWasWrittenAfterIt() {
        var index = DeadLetterIndex()
        index.insert(self.entry("a", 1))
        index.insert(self.entry("a", 3))
        index.remove("a", before: Offset(2))
        #expect(index["a"]?.offset == Offset(3))
        index.remove("a", before: Offset(4))
        #expect(index.count == 0)
    }

    @Test func anEventHasALetterAsLongAsOneOfItsLettersIsThere() {
        var index = DeadLetterIndex()
        for (offset, id) in ["a", "a~0-1", "a~0-1", "a~0-2"].enumerated() {
            index.insert(self.entry(id, Int64(offset)))
        }
        #expect(index.count == 3)
        for id in ["a", "a~0-2", "a~0-1"] {
            #expect(index.hasLetter(root: "a"))
            index.remove(id)
        }
        #expect(!index.hasLetter(root: "a"))
    }

    @Test func whatGoesFromTheMiddleIsGivenNoMore() {
        var index = DeadLetterIndex()
        for offset: Int64 in 0..<1_000 { index.insert(self.entry("\(offset)", offset)) }
        for offset: Int64 in 0..<1_000 where offset % 3 != 0 { index.remove("\(offset)") }
        let left = index.oldest(
            of: SubscriptionID(tenant: "t", name: "s"), from: .zero, below: Offset(.max), limit: 1_000)
        #expect(left.map(\.offset.value) == Array(stride(from: 0, to: 1_000, by: 3)))
        index.removeAll(before: Offset(990))
        #expect(index.count == 4)
    }
}
