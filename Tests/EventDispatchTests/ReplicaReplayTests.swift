import Delivery
import EventLog
import RouterTestKit
import Subscriptions
import Testing

@testable import EventDispatch

/// Replays go on whoever comes and goes.
@Suite(.timeLimit(.minutes(1))) struct ReplicaReplayTests {
    /// A replay of 100 events of ten keys, which gets 50 of them delivered: the next one of each key is not answered.
    private func withHeldReplay(
        _ body: (ReplicaWorld, _ leader: Replica, _ others: [Replica], ReplayView) async throws -> Void
    ) async throws {
        try await ReplicaWorld.with { world in
            let replicas = [await world.start("a"), await world.start("b"), await world.start("c")]
            try await world.publish(100)
            await until { replicas.contains { $0.replays.isLeading } }
            let leader = try #require(replicas.first { $0.replays.isLeading })
            let others = replicas.filter { $0 !== leader }
            world.sink.shut { (Int($0.event) ?? 0) >= 50 }
            let request = ReplayRequest(tenant: "t", target: .sink("http://alone.test/"))
            let replay = try await others[0].replays.create(request)
            await until { world.sink.deliveries.count >= 60 }
            try await body(world, leader, others, replay)
        }
    }

    private func waitForTheEnd(_ replay: ReplayView, _ replica: Replica) async throws -> ReplayView {
        await until { (try? await replica.replays.get(replay.id, tenant: "t").status) == .done }
        return try await replica.replays.get(replay.id, tenant: "t")
    }

    private func sent(_ world: ReplicaWorld) -> [String] { world.sink.replayed.map(\.event) }

    @Test func aLeaderThatLeavesHandsOverAndNothingIsSentAgain() async throws {
        try await self.withHeldReplay { world, leader, others, replay in
            async let gone: Void = leader.shutDown()
            await until { !leader.replays.isLeading }
            world.sink.open()
            await gone
            let done = try await self.waitForTheEnd(replay, others[1])
            #expect(self.sent(world).count == 100)
            #expect(Set(self.sent(world)).count == 100)
            #expect(done.delivered == 100)
        }
    }

    @Test func afterALeaderThatCrashesAnotherGoesOnWhereItCommitted() async throws {
        try await self.withHeldReplay { world, leader, others, replay in
            await until { (try? await others[0].replays.get(replay.id, tenant: "t").delivered) == 50 }
            leader.crash()
            world.sink.open()
            _ = try await self.waitForTheEnd(replay, others[1])
            #expect(Set(self.sent(world)).count == 100)
            // Again only those that nobody knew the fate of.
            #expect(self.sent(world).count <= 110)
        }
    }

    @Test func replicasThatComeDoNotDisturbAReplay() async throws {
        try await self.withHeldReplay { world, _, others, replay in
            world.sink.open()
            _ = await world.start("d")
            let done = try await self.waitForTheEnd(replay, others[0])
            #expect(done.delivered == 100)
            #expect(Set(self.sent(world)).count == 100)
            #expect(self.sent(world).count == 100)
        }
    }
}
