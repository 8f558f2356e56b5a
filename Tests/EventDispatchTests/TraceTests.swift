import Delivery
import EventLog
import RouterTestKit
import Subscriptions
import Testing

@testable import EventDispatch

/// A trace says what is, not what once was.
@Suite(.timeLimit(.minutes(1))) struct TraceTests {
    private func fate(
        _ world: DispatchWorld, _ id: String = "1", source: String = "/test"
    ) async throws -> EventTrace.SubscriptionFate {
        let trace = try await world.events.trace(id: id, source: source, tenant: "t")
        return try #require(trace.subscriptions.first)
    }

    private func reject(_ world: DispatchWorld) async throws -> DeadLetter {
        world.sink.answer(.rejected)
        _ = try await world.subscriptions.create(DispatchWorld.subscription())
        try await world.publish("1")
        return try #require(try await world.letters(1).first)
    }

    @Test func aRedrivenEventIsPendingUntilItIsDelivered() async throws {
        try await DispatchWorld.with { world in
            let letter = try await self.reject(world)
            #expect(try await self.fate(world).state == .deadLettered)
            world.sink.answer(.delivered)
            world.sink.shut { $0.topic != DispatchWorld.topic }
            _ = try await world.letters.redrive(.ids([letter.id]), tenant: "t")
            #expect(try await self.fate(world).state == .pending)
            world.sink.open()
            await until { (try? await self.fate(world).state) == .delivered }
            #expect(try await self.fate(world).attempts.map(\.status) == [400, 200])
        }
    }

    @Test func aRedriveThatFailsIsRetriedAndNotDelivered() async throws {
        try await DispatchWorld.with { world in
            let letter = try await self.reject(world)
            world.sink.answer(.retry(afterMilliseconds: 600_000))
            _ = try await world.letters.redrive(.ids([letter.id]), tenant: "t")
            await until { (try? await self.fate(world).attempts.count) == 2 }
            #expect(try await self.fate(world).state == .retrying)
        }
    }

    @Test func aDiscardedLetterIsNoDelivery() async throws {
        try await DispatchWorld.with { world in
            let letter = try await self.reject(world)
            try await world.letters.discard(letter.id, tenant: "t")
            let fate = try await self.fate(world)
            #expect(fate.state == .deadLettered)
            #expect(fate.reason.contains("discarded"))
        }
    }

    @Test func whatIsHeldIsPendingAndSaysWhy() async throws {
        try await DispatchWorld.with { world in
            _ = try await world.subscriptions.create(DispatchWorld.subscription())
            _ = try await world.subscriptions.pause(DispatchWorld.id())
            try await world.publish("1")
            let fate = try await self.fate(world)
            #expect(fate.state == .pending)
            #expect(fate.reason.contains("paused"))
        }
    }

    @Test func aSuspensionIsTheReasonOfWhatWaits() async throws {
        try await DispatchWorld.with { world in
            world.sink.answer(.gone)
            _ = try await world.subscriptions.create(DispatchWorld.subscription())
            try await world.publish("1")
            await until { (try? await world.subscriptions.get(DispatchWorld.id()).status) == .suspended }
            let fate = try await self.fate(world)
            #expect(fate.state == .pending)
            #expect(fate.reason.contains("410"))
        }
    }

    @Test func redrivesOfAnotherSourceAreAnothersStory() async throws {
        try await DispatchWorld.with { world in
            let letter = try await self.reject(world)
            world.sink.answer(.delivered)
            try await world.publish("1", source: "/other")
            await until { world.sink.deliveries.count == 2 }
            _ = try await world.letters.redrive(.ids([letter.id]), tenant: "t")
            await until { (try? await self.fate(world).attempts.count) == 2 }
            #expect(try await self.fate(world, source: "/other").attempts.map(\.status) == [200])
        }
    }

    @Test func theLetterOfAReplayIsNotTheFateOfTheEvent() async throws {
        try await DispatchWorld.with { world in
            try await world.subscribeAndDeliver(1)
            world.sink.answer(.rejected)
            _ = try await world.replay()
            _ = try await world.letters(1)
            #expect(try await self.fate(world, "0").state == .delivered)
        }
    }
}
