import Delivery
import EventLog
import RouterTestKit
import Subscriptions
import Testing

@testable import EventDispatch

/// A replay to a subscription does what becomes of the subscription.
@Suite(.timeLimit(.minutes(1))) struct ReplayFollowsTests {
    private func hold(_ world: DispatchWorld) async throws -> ReplayView {
        try await world.subscribeAndDeliver(3)
        world.sink.shut { $0.replay != nil }
        let replay = try await world.replay()
        await until { world.sink.replayed.count == 1 }
        return replay
    }

    @Test func deletingTheSubscriptionFailsTheReplayAndSendsNothingMore() async throws {
        try await DispatchWorld.with { world in
            let replay = try await self.hold(world)
            try await world.subscriptions.delete(DispatchWorld.id())
            world.sink.open()
            await until { await world.status(of: replay) == .failed }
            let ended = try await world.replays.get(replay.id, tenant: "t")
            #expect(ended.error?.contains("there is no subscription 's'") == true)
            #expect(world.sink.replayed.map(\.event) == ["0"])
        }
    }

    @Test func anHeirOfTheNameDoesNotInheritTheReplay() async throws {
        let log = try await DispatchWorld.log()
        var made: ReplayView?
        try await DispatchWorld.with(log) { world in made = try await self.hold(world) }
        let replay = try #require(made)
        // As if the process had died between the deletion and the end of the replay.
        let heir = StoredSubscription(
            subscription: DispatchWorld.subscription(), generation: "heir", createdAt: Timestamp(milliseconds: 1),
            updatedAt: Timestamp(milliseconds: 1), startOffsets: [:])
        try await log.store(heir, key: "t/s", in: TopicPartition(Topic("portarium.subscriptions"), Partition(0)))
        try await DispatchWorld.with(log) { world in
            await until { await world.status(of: replay) == .failed }
            #expect(world.sink.replayed.isEmpty)
        }
    }

    @Test func pausingTheSubscriptionHoldsTheReplayAndResumingLetsItGoOn() async throws {
        try await DispatchWorld.with { world in
            let replay = try await self.hold(world)
            _ = try await world.subscriptions.pause(DispatchWorld.id())
            world.sink.open()
            await until { world.dispatcher.core.look { $0.machine.totals.inFlight } == 0 }
            #expect(await world.status(of: replay) == .running)
            #expect(world.sink.replayed.map(\.event) == ["0"])
            _ = try await world.subscriptions.resume(DispatchWorld.id())
            await until { await world.status(of: replay) == .done }
            #expect(world.sink.replayed.map(\.event) == ["0", "1", "2"])
        }
    }

    @Test func aReplayToAPausedSubscriptionWaitsAlsoAfterARestart() async throws {
        let log = try await DispatchWorld.log()
        var made: ReplayView?
        try await DispatchWorld.with(log) { world in
            try await world.subscribeAndDeliver(2)
            _ = try await world.subscriptions.pause(DispatchWorld.id())
            let replay = try await world.replay()
            made = replay
            await until { await world.status(of: replay) == .running }
            #expect(world.sink.replayed.isEmpty)
        }
        let replay = try #require(made)
        try await DispatchWorld.with(log) { world in
            #expect(await world.status(of: replay) == .running)
            let stored = try #require(world.replays.replay(ReplayKey(tenant: "t", id: replay.id)))
            let known = world.dispatcher.specification(of: stored.machineID, generation: stored.generation)
            #expect(known?.status == .paused)
            _ = try await world.subscriptions.resume(DispatchWorld.id())
            await until { await world.status(of: replay) == .done }
            #expect(world.sink.replayed.map(\.event) == ["0", "1"])
        }
    }

    @Test func aNewSinkTakesEffectInTheRunningReplay() async throws {
        try await DispatchWorld.with { world in
            let replay = try await self.hold(world)
            _ = try await world.subscriptions.update(DispatchWorld.subscription(sink: "http://two.test/"))
            world.sink.open()
            await until { await world.status(of: replay) == .done }
            #expect(world.sink.replayed.map(\.sink) == ["http://one.test/", "http://two.test/", "http://two.test/"])
        }
    }

    @Test func aNewFilterTakesEffectForWhatTheReplayHasNotRead() async throws {
        try await DispatchWorld.with { world in
            try await world.subscribeAndDeliver(3)
            _ = try await world.subscriptions.pause(DispatchWorld.id())
            let replay = try await world.replay()
            await until { await world.status(of: replay) == .running }
            var changed = DispatchWorld.subscription()
            changed.filters = [.exact(["id": "1"])]
            _ = try await world.subscriptions.update(changed)
            _ = try await world.subscriptions.resume(DispatchWorld.id())
            await until { await world.status(of: replay) == .done }
            #expect(world.sink.replayed.map(\.event) == ["1"])
        }
    }

    @Test func whatASinkSaysToTheReplaySuspendsTheSubscriptionAndBothGoOnTogether() async throws {
        try await DispatchWorld.with { world in
            try await world.subscribeAndDeliver(2)
            world.sink.answer { $0.replay == nil ? .delivered : .gone }
            let replay = try await world.replay()
            await until { (try? await world.subscriptions.get(DispatchWorld.id()).status) == .suspended }
            #expect(await world.status(of: replay) == .running)
            world.sink.answer(.delivered)
            _ = try await world.subscriptions.resume(DispatchWorld.id())
            await until { await world.status(of: replay) == .done }
        }
    }

    @Test func aReplayIsNoFasterThanItsSubscriptionAndItsSinkAllow() async throws {
        try await DispatchWorld.with { world in
            var subscription = DispatchWorld.subscription()
            subscription.config.rateLimitPerSecond = 5
            _ = try await world.subscriptions.create(subscription)
            try await world.publish("0")
            await until { world.sink.deliveries.count == 1 }
            world.sink.shut { _ in true }
            for (wanted, limit) in [(100, 5), (2, 2), (nil, 5)] as [(Double?, Double)] {
                let replay = try await world.replays.create(
                    ReplayRequest(tenant: "t", target: .subscription("s"), ratePerSecond: wanted))
                await until { await world.status(of: replay) == .running }
                let stored = try #require(world.replays.replay(ReplayKey(tenant: "t", id: replay.id)))
                await until {
                    world.dispatcher.specification(of: stored.machineID, generation: stored.generation) != nil
                }
                let known = world.dispatcher.specification(of: stored.machineID, generation: stored.generation)
                #expect(known?.config.rateLimitPerSecond == limit)
            }
        }
    }
}
