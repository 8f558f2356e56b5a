import Delivery
import EventLog
import RouterTestKit
import Synchronization
import Testing

@testable import EventDispatch

/// In which order work is done that may fail.
@Suite(.timeLimit(.minutes(1))) struct RetryQueueTests {
    private struct Item: Retryable, Equatable {
        var retryKey: String
        var number: Int
    }

    /// Does all items, and gives them in the order they were done; `failures` says how often one fails first.
    private func done(_ items: [Item], failures: @Sendable (Item) -> Int) async -> [Item] {
        let queue = RetryQueue<Item>(itemsMax: 100)
        for item in items { #expect(queue.add(item)) }
        queue.finish()
        var done: [Item] = []
        await queue.run { item, attempt in
            if attempt <= failures(item) { return false }
            done.append(item)
            return true
        }
        return done
    }

    @Test func whatFailsHoldsUpOnlyItsOwnKey() async {
        let items = [("a", 1), ("b", 2), ("a", 3), ("b", 4), ("c", 5)].map { Item(retryKey: $0.0, number: $0.1) }
        let done = await self.done(items) { $0.number == 1 ? 2 : 0 }
        #expect(done.map(\.number) == [2, 5, 4, 1, 3])
    }

    @Test func noMoreWaitThanMay() async {
        let queue = RetryQueue<Item>(itemsMax: 1)
        #expect(queue.add(Item(retryKey: "a", number: 1)))
        #expect(!queue.add(Item(retryKey: "a", number: 2)))
        queue.finish()
        await queue.run { _, _ in true }
        #expect(queue.add(Item(retryKey: "a", number: 3)))
    }

    @Test func cursorsThatCannotBeDeletedHoldUpNoSuspension() async throws {
        try await DispatchWorld.with { world in
            world.log.setFault(.fails(EventLogError(.unavailable, "told to fail")), on: .deleteGroup)
            _ = try await world.subscriptions.create(DispatchWorld.subscription("gone"))
            try await world.subscriptions.delete(DispatchWorld.id("gone"))
            world.sink.answer(.gone)
            _ = try await world.subscriptions.create(DispatchWorld.subscription())
            try await world.publish("1")
            await until { !world.audit.types.isEmpty }
            #expect(world.audit.types == ["com.portarium.subscription.Suspended.v1"])
        }
    }

    @Test func anEndIsStoredWhoseTopicWasUnknownForAMoment() async throws {
        try await DispatchWorld.with(nil, { $0.recordsAttempts = false }) { world in
            try await world.subscribeAndDeliver(1)
            world.sink.shut { $0.replay != nil }
            let replay = try await world.replay()
            await until { world.sink.deliveries.count == 2 }
            world.log.setFault(.fails(EventLogError(.unknownTopic, "told to fail")), on: .append, times: 2)
            world.sink.open()
            await until { await world.status(of: replay) == .done }
        }
    }
}
