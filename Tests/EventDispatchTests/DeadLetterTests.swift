import CloudEvents
import EventLog
import RouterTestKit
import Subscriptions
import Testing

@testable import Delivery
@testable import EventDispatch

/// Dead letters: kept once, in order, and sent again in order.
@Suite(.timeLimit(.minutes(2))) struct DeadLetterTests {
    /// A subscription whose every event was rejected.
    private func reject(_ world: DispatchWorld, _ count: Int, bytes: Int = 0) async throws {
        world.sink.answer(.rejected)
        _ = try await world.subscriptions.create(DispatchWorld.subscription())
        for id in 0..<count { try await world.publish("\(id)", bytes: bytes) }
        await until { world.letterCount == count }
        world.sink.answer(.delivered)
    }

    @Test func aWholeSubscriptionIsRedrivenInTheOrderOfItsLetters() async throws {
        try await DispatchWorld.with { world in
            try await self.reject(world, 450)
            #expect(try await world.letters.redrive(.subscription("s", filters: []), tenant: "t") == 450)
            await until { world.sink.deliveries.count == 900 }
            #expect(world.sink.deliveries.suffix(450).map(\.event) == (0..<450).map(String.init))
            #expect(world.letterCount == 0)
        }
    }

    @Test func lettersByIdGoOldestFirstAndOnlyThoseThatMatch() async throws {
        try await DispatchWorld.with { world in
            try await self.reject(world, 4)
            let ids = try await world.letters(4).map(\.id)
            let filter = Filter.not(.exact(["id": "1"]))
            #expect(try await world.letters.redrive(.ids(ids.reversed(), filters: [filter]), tenant: "t") == 3)
            await until { world.sink.deliveries.count == 7 }
            #expect(world.sink.deliveries.suffix(3).map(\.event) == ["0", "2", "3"])
            #expect(try await world.letters(1).map(\.event.id) == ["1"])
        }
    }

    @Test func largeLettersTakeSeveralAppends() async throws {
        try await DispatchWorld.with(nil, { $0.recordsAttempts = false }) { world in
            try await self.reject(world, 3, bytes: 5 << 20)
            let before = world.log.calls(of: .append)
            #expect(try await world.letters.redrive(.subscription("s", filters: []), tenant: "t") == 3)
            #expect(world.log.calls(of: .append) - before == 2)
        }
    }

    @Test func aPageOfLargeLettersIsShorter() async throws {
        try await DispatchWorld.with { world in
            try await self.reject(world, 3, bytes: 5 << 20)
            let first = try await world.letters.list(
                tenant: "t", subscription: "s", reason: nil, page: PageRequest(limit: 10))
            #expect(first.items.map(\.event.id) == ["2", "1"])
            let rest = try await world.letters.list(
                tenant: "t", subscription: "s", reason: nil, page: PageRequest(limit: 10, cursor: first.nextCursor))
            #expect(rest.items.map(\.event.id) == ["0"])
            #expect(rest.nextCursor == nil)
        }
    }

    @Test func aLetterThatFailsAgainKeepsItsOriginAndCountsAllAttempts() async throws {
        try await DispatchWorld.with { world in
            try await self.reject(world, 1)
            let first = try await world.letters(1)
            world.sink.answer(.rejected)
            _ = try await world.letters.redrive(.ids(first.map(\.id)), tenant: "t")
            await until { world.sink.deliveries.count == 2 }
            let again = try await world.letters(1)
            #expect(again.first?.position == first.first?.position)
            #expect(again.first?.position.topic == DispatchWorld.topic)
            #expect(again.first?.attempts == 2)
            #expect(again.first?.id != first.first?.id)
        }
    }

    @Test func theSameLetterWrittenTwiceIsOne() async throws {
        try await DispatchWorld.with { world in
            let position = try await world.publish("1")
            let event = DeliverableEvent(
                event: CloudEvent(id: "1", source: "/test", type: "a"), position: position,
                timestamp: Timestamp(milliseconds: 1))
            let report = AttemptReport(meaning: .rejected, status: 400, error: nil, durationMilliseconds: 0)
            let write = DeadLetterWrite(
                id: 1, subscription: DispatchWorld.id(), event: event, reason: .rejected, attempts: 1, report: report)
            try await world.dispatcher.deadLetters.write(write, generation: "g")
            try await world.dispatcher.deadLetters.write(write, generation: "g")
            #expect(world.letterCount == 1)
        }
    }

    @Test func nobodyIsNoSubscriptionToRedriveTo() async throws {
        try await DispatchWorld.with { world in
            try await self.reject(world, 1)
            let unknown = await #expect(throws: ServiceError.self) {
                _ = try await world.letters.redrive(.subscription("none", filters: []), tenant: "t")
            }
            #expect(unknown?.code == .notFound)
            try await world.subscriptions.delete(DispatchWorld.id())
            let gone = await #expect(throws: ServiceError.self) {
                _ = try await world.letters.redrive(.subscription("s", filters: []), tenant: "t")
            }
            #expect(gone?.code == .conflict)
        }
    }

    @Test func lettersOfAReplayAreTheSubscriptions() async throws {
        let log = try await DispatchWorld.log()
        try await DispatchWorld.with(log) { world in
            try await world.subscribeAndDeliver(1)
            world.sink.answer(.rejected)
            let replay = try await world.replay()
            await until { await world.status(of: replay) == .done }
            let letters = try await world.letters(1)
            #expect(letters.map(\.subscription) == ["s"])
            #expect(letters.map(\.replayID) == [replay.id])
            #expect(letters.first?.event.attributes["replayid"] == replay.id)
        }
        try await DispatchWorld.with(log) { world in
            let letters = try await world.letters(1)
            #expect(try await world.letters.redrive(.ids(letters.map(\.id)), tenant: "t") == 1)
            await until { world.sink.deliveries.count == 1 }
            #expect(world.sink.deliveries.map(\.subscription) == ["s"])
            #expect(world.sink.deliveries.map(\.replay) == [letters[0].replayID])
        }
    }

    @Test func lettersOfAnIsolatedReplaySayWhyTheyCannotBeRedriven() async throws {
        try await DispatchWorld.with { world in
            try await world.publish("1")
            world.sink.answer(.rejected)
            let replay = try await world.replays.create(
                ReplayRequest(tenant: "t", target: .sink("http://alone.test/")))
            let letters = try await world.letters(1)
            #expect(letters.map(\.subscription) == ["replay-\(replay.id)"])
            for selection in [
                RedriveSelection.ids(letters.map(\.id)), .subscription("replay-\(replay.id)", filters: []),
            ] {
                let error = await #expect(throws: ServiceError.self) {
                    _ = try await world.letters.redrive(selection, tenant: "t")
                }
                #expect(error?.code == .conflict)
            }
        }
    }

    @Test func lettersThatRetentionTookAreGone() async throws {
        let log = try await DispatchWorld.log()
        try await DispatchWorld.with(log) { world in
            try await self.reject(world, 2)
            let ids = try await world.letters(2).map(\.id)
            try await log.createTopic(
                TopicSpecification(
                    topic: world.dispatcher.configuration.deadLetterTopic, partitions: 1, isCompacted: true,
                    retentionBytesMax: 0))
            log.sweep(now: Timestamp(milliseconds: 10))
            let error = await #expect(throws: ServiceError.self) {
                _ = try await world.letters.get(ids[0], tenant: "t")
            }
            #expect(error?.code == .notFound)
            try await world.dispatcher.deadLetters.prune()
            #expect(world.letterCount == 0)
        }
    }

    @Test func whatRetentionTookCountsForNoLimit() async throws {
        let log = try await DispatchWorld.log()
        try await DispatchWorld.with(log) { world in
            try await self.reject(world, 2)
            _ = try await world.letters(2)
            let channel = world.dispatcher.deadLetters
            #expect(await channel.reserve(tenant: "t", most: 2) == false)
            #expect(await channel.reserve(tenant: "t", most: 3))
            #expect(await channel.reserve(tenant: "t", most: 3) == false, "one is under way")
            try await log.createTopic(
                TopicSpecification(
                    topic: world.dispatcher.configuration.deadLetterTopic, partitions: 1, isCompacted: true,
                    retentionBytesMax: 0))
            log.sweep(now: Timestamp(milliseconds: 10))
            #expect(await channel.reserve(tenant: "t", most: 2))
            #expect(world.letterCount == 0)
        }
    }

    @Test func aLetterThatIsWrittenCountsOnce() async throws {
        try await DispatchWorld.with { world in
            let position = try await world.publish("1")
            let channel = world.dispatcher.deadLetters
            let report = AttemptReport(meaning: .rejected, status: 400, error: nil, durationMilliseconds: 0)
            let write = DeadLetterWrite(
                id: 1, subscription: DispatchWorld.id(),
                event: DeliverableEvent(
                    event: CloudEvent(id: "1", source: "/test", type: "a"), position: position,
                    timestamp: Timestamp(milliseconds: 1)),
                reason: .rejected, attempts: 1, report: report)
            #expect(await channel.reserve(tenant: "t", most: 2))
            try await channel.write(write, generation: "g")
            #expect(await channel.reserve(tenant: "t", most: 2))
            world.log.setFault(.fails(EventLogError(.unavailable, "told to fail")), on: .append, times: 1)
            await #expect(throws: EventLogError.self) { try await channel.write(write, generation: "h") }
            #expect(await channel.reserve(tenant: "t", most: 2), "what could not be written takes no place")
            #expect(await channel.reserve(tenant: "t", most: 2) == false)
        }
    }
}
