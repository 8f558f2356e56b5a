import EventLog
import RouterTestKit
import Subscriptions
import Testing

@testable import EventDispatch

/// What happens to a replay while it is counted, and to one that is over.
@Suite(.timeLimit(.minutes(1))) struct ReplayCountingTests {
    private func withCounting(
        _ log: InMemoryEventLog? = nil, _ body: (DispatchWorld, ReplayView) async throws -> Void
    ) async throws {
        try await DispatchWorld.with(log) { world in
            try await world.subscribeAndDeliver(3)
            world.log.setFault(.hangs, on: .fetch)
            let replay = try await world.replay()
            #expect(replay.status == .counting)
            // The count, and the tails of all partitions.
            await until { world.log.waiting > 1 }
            try await body(world, replay)
        }
    }

    @Test func pausingWhileCountingHolds() async throws {
        try await self.withCounting { world, replay in
            #expect(try await world.replays.pause(replay.id, tenant: "t").status == .paused)
            world.log.setFault(nil, on: .fetch)
            try await world.publish("later")
            await until { world.sink.deliveries.count == 4 }
            #expect(await world.status(of: replay) == .paused)
            #expect(try await world.replays.resume(replay.id, tenant: "t").status == .counting)
            await until { await world.status(of: replay) == .done }
            let done = try await world.replays.get(replay.id, tenant: "t")
            #expect(done.matched == 3)
            #expect(done.delivered == 3)
        }
    }

    @Test func cancellingWhileCountingEndsIt() async throws {
        try await self.withCounting { world, replay in
            #expect(try await world.replays.cancel(replay.id, tenant: "t").status == .cancelled)
            world.log.setFault(nil, on: .fetch)
            try await world.publish("later")
            await until { world.sink.deliveries.count == 4 }
            #expect(await world.status(of: replay) == .cancelled)
            #expect(world.sink.replayed.isEmpty)
        }
    }

    @Test func endingTheProcessWhileCountingStoresNoPart() async throws {
        let log = try await DispatchWorld.log()
        var made: ReplayView?
        try await self.withCounting(log) { _, replay in made = replay }
        log.setFault(nil, on: .fetch)
        let replay = try #require(made)
        let stored = log.records(of: TopicPartition(Topic("portarium.replays"), Partition(0)))
        #expect(stored.count == 1)
        try await DispatchWorld.with(log) { world in
            await until { await world.status(of: replay) == .done }
            let done = try await world.replays.get(replay.id, tenant: "t")
            #expect(done.matched == 3)
        }
    }

    @Test func aLongCountOfOneTenantDoesNotDelayAnothers() {
        var counts = ReplayCounts(runningMax: 2)
        let first = ReplayKey(tenant: "a", id: "1")
        let second = ReplayKey(tenant: "a", id: "2")
        let other = ReplayKey(tenant: "b", id: "1")
        let third = ReplayKey(tenant: "c", id: "1")
        for key in [first, second, other, third] { counts.add(key) }
        let running = [counts.start(), counts.start()]
        #expect(running.map { $0?.key } == [first, other])
        #expect(counts.start() == nil)
        if let done = running[1] { counts.finish(done) }
        #expect(counts.start()?.key == third)
        if let done = running[0] { counts.finish(done) }
        #expect(counts.start()?.key == second)
    }

    @Test func aCountThatWasBegunBeforeAPauseIsWorthNothing() {
        var counts = ReplayCounts(runningMax: 2)
        let key = ReplayKey(tenant: "a", id: "1")
        counts.add(key)
        let old = counts.start()
        counts.cancel(key)
        counts.add(key)
        #expect(old.map { counts.isCurrent($0) } == false)
        #expect(counts.start() == nil)
        if let old { counts.finish(old) }
        #expect(counts.start().map { counts.isCurrent($0) } == true)
    }

    @Test func aTenantHasSoManyReplaysUnderWay() async throws {
        try await DispatchWorld.with(nil, { $0.replaysPerTenantMax = 1 }) { world in
            try await world.subscribeAndDeliver(1)
            world.sink.shut { $0.replay != nil }
            let replay = try await world.replay()
            let error = await #expect(throws: ServiceError.self) { _ = try await world.replay() }
            #expect(error?.code == .limitExceeded)
            _ = try await world.replays.create(ReplayRequest(tenant: "other", target: .sink("http://one.test/")))
            _ = try await world.replays.cancel(replay.id, tenant: "t")
            _ = try await world.replay()
        }
    }

    @Test func endedReplaysAreForgottenAlsoByTheLog() async throws {
        let log = try await DispatchWorld.log()
        try await DispatchWorld.with(log, { $0.endedReplaysPerTenantMax = 1 }) { world in
            try await world.subscribeAndDeliver(1)
            for _ in 0..<2 {
                let replay = try await world.replay()
                await until { await world.status(of: replay) == .done }
            }
            let now = DispatchClock.wall.milliseconds
            await world.replays.forgetOld(now: now)
            #expect(try await world.replays.list(tenant: "t", page: PageRequest()).items.count == 1)
            await world.replays.forgetOld(now: now + 8 * 86_400_000)
            #expect(try await world.replays.list(tenant: "t", page: PageRequest()).items.isEmpty)
        }
        try await DispatchWorld.with(log) { world in
            let left = try await world.replays.list(tenant: "t", page: PageRequest())
            #expect(left.items.isEmpty)
        }
    }

    @Test func aReplayThatCannotBeReadIsHeldAndStopsNobody() async throws {
        let log = try await DispatchWorld.log()
        try await log.store("nonsense", key: "t/old", in: TopicPartition(Topic("portarium.replays"), Partition(0)))
        try await DispatchWorld.with(log) { world in
            let view = try await world.replays.get("old", tenant: "t")
            #expect(view.status == .paused)
            #expect(view.error != nil)
            let error = await #expect(throws: ServiceError.self) {
                _ = try await world.replays.resume("old", tenant: "t")
            }
            #expect(error?.code == .conflict)
            #expect(try await world.replays.cancel("old", tenant: "t").status == .cancelled)
        }
    }
}
