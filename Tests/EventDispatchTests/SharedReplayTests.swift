import Delivery
import EventLog
import NIOCore
import RouterTestKit
import Subscriptions
import Testing

@testable import EventDispatch

/// Replays where several processes share the log: one sends, all answer alike.
@Suite(.timeLimit(.minutes(1))) struct SharedReplayTests {
    private let ids = (0..<20).map(String.init)

    @Test func theOneThatLeadsSendsWhatAnotherWasAskedFor() async throws {
        try await PlacedReplica.with { replicas in
            try await replicas[0].publish(self.ids)
            try await replicas[0].leadership.assigned([PlacedReplica.replays])
            let replay = try await replicas[1].replay()
            await until { await replicas[1].status(of: replay) == .done }
            for replica in replicas {
                let view = try await replica.replays.get(replay.id, tenant: "t")
                #expect(view.status == .done)
                #expect((view.matched, view.delivered) == (20, 20))
            }
            #expect(replicas[0].sink.deliveries.map(\.event) == self.ids)
        }
    }

    @Test func withoutOneThatLeadsNothingIsSentAndNothingIsForgotten() async throws {
        try await PlacedReplica.with { replicas in
            try await replicas[0].publish(self.ids)
            let replay = try await replicas[1].replay()
            #expect(await replicas[0].status(of: replay) == .counting)
            #expect(replicas[0].sink.deliveries.isEmpty)
            try await replicas[0].leadership.assigned([PlacedReplica.replays])
            await until { await replicas[1].status(of: replay) == .done }
            #expect(replicas[0].sink.deliveries.count == 20)
        }
    }

    @Test func othersSeeWhatTheLeaderCommitted() async throws {
        try await PlacedReplica.with { replicas in
            try await replicas[0].publish(self.ids)
            try await replicas[0].leadership.assigned([PlacedReplica.replays])
            replicas[0].sink.shut { $0.event == "7" }
            let replay = try await replicas[1].replay()
            await until { replicas[0].sink.deliveries.count == 8 }
            await until { (try? await replicas[1].replays.get(replay.id, tenant: "t").delivered) == 7 }
            let listed = try await replicas[1].replays.list(tenant: "t", page: PageRequest()).items
            #expect(listed.map(\.delivered) == [7])
            #expect(listed.map(\.status) == [.running])
        }
    }

    @Test func aPauseAskedOfAnotherHoldsTheLeader() async throws {
        try await PlacedReplica.with { replicas in
            try await replicas[0].publish(self.ids)
            try await replicas[0].leadership.assigned([PlacedReplica.replays])
            replicas[0].sink.shut { _ in true }
            let replay = try await replicas[1].replay()
            await until { replicas[0].sink.deliveries.count == 1 }
            #expect(try await replicas[1].replays.pause(replay.id, tenant: "t").status == .paused)
            await until { replicas[0].sender(replay)?.status == .paused }
            replicas[0].sink.open()
            await until { (try? await replicas[1].replays.get(replay.id, tenant: "t").delivered) == 1 }
            #expect(replicas[0].sink.deliveries.count == 1)
            #expect(try await replicas[1].replays.resume(replay.id, tenant: "t").status == .running)
            await until { await replicas[1].status(of: replay) == .done }
            #expect(replicas[0].sink.deliveries.map(\.event) == self.ids)
        }
    }

    @Test func aReplayThatIsHandedOverGoesOnWhereItWasAndSendsNothingTwice() async throws {
        try await PlacedReplica.with { replicas in
            try await replicas[0].publish(self.ids)
            try await replicas[0].leadership.assigned([PlacedReplica.replays])
            replicas[0].sink.shut { $0.event == "7" }
            let replay = try await replicas[0].replay()
            await until { replicas[0].sink.deliveries.count == 8 }
            async let revoked: Void = replicas[0].leadership.revoked([PlacedReplica.replays])
            // The attempt in flight is waited for, and counts.
            await until { !replicas[0].replays.isLeading }
            replicas[0].sink.open()
            _ = try await revoked
            #expect(replicas[0].sink.deliveries.count == 8)
            try await replicas[1].leadership.assigned([PlacedReplica.replays])
            await until { await replicas[0].status(of: replay) == .done }
            #expect(replicas[0].sink.deliveries.map(\.event) == self.ids)
            #expect(try await replicas[0].replays.get(replay.id, tenant: "t").delivered == 20)
        }
    }

    @Test func whatALeaderThatWasLostHadCommittedIsNotSentAgain() async throws {
        try await PlacedReplica.with { replicas in
            try await replicas[0].publish(self.ids)
            try await replicas[0].leadership.assigned([PlacedReplica.replays])
            replicas[0].sink.shut { $0.event == "7" }
            let replay = try await replicas[0].replay()
            await until { (try? await replicas[1].replays.get(replay.id, tenant: "t").delivered) == 7 }
            try await replicas[0].leadership.lost([PlacedReplica.replays])
            replicas[0].sink.shut { _ in false }
            try await replicas[1].leadership.assigned([PlacedReplica.replays])
            await until { await replicas[0].status(of: replay) == .done }
            #expect(replicas[0].sink.deliveries.map(\.event) == self.ids.prefix(8) + self.ids.suffix(13))
        }
    }

    @Test func aCancelledReplayStopsItsLeaderAndLeavesNoCursors() async throws {
        try await PlacedReplica.with { replicas in
            try await replicas[0].publish(self.ids)
            try await replicas[0].leadership.assigned([PlacedReplica.replays])
            replicas[0].sink.shut { $0.event == "3" }
            let replay = try await replicas[1].replay()
            await until { (try? await replicas[1].replays.get(replay.id, tenant: "t").delivered) == 3 }
            let ended = try await replicas[1].replays.cancel(replay.id, tenant: "t")
            #expect((ended.status, ended.delivered) == (.cancelled, 3))
            await until {
                (try? await replicas[0].log.committed(groupsWithPrefix: GroupName.cursorPrefix).isEmpty) == true
            }
            replicas[0].sink.open()
            #expect(replicas[0].sender(replay) == nil)
            #expect(replicas[0].sink.deliveries.count == 4)
        }
    }

    /// It decides for itself: what it had in full would count twice.
    @Test func whoSendsReplaysHasAPartOfTheLimits() async throws {
        try await PlacedReplica.with(
            1,
            {
                $0.limits.inFlightPerTenantMax = 8
                $0.limits.inFlightPerHostMax = 12
                $0.limits.hostRates = ["http://alone.test:80": 100]
                $0.limits.heldBytesMax = 1 << 20
            }
        ) { replicas in
            let replica = replicas[0]
            let limits = replica.replays.sender.core.look { $0.machine.limits }
            #expect((limits.inFlightPerTenantMax, limits.inFlightPerHostMax) == (2, 3))
            #expect(limits.hostRates == ["http://alone.test:80": 25])
            #expect(limits.heldBytesMax == 1 << 20)
            replica.dispatcher.share("t", TenantShare(weight: 1, inFlightMax: 4))
            for _ in 0..<3 { try await replica.publish(self.ids) }
            try await replica.leadership.assigned([PlacedReplica.replays])
            replica.sink.shut { _ in true }
            for _ in 0..<3 { _ = try await replica.replay() }
            await until { replica.dispatcher.inFlight(ofTenant: "t") == 1 }
            try await Task.sleep(for: .milliseconds(50))
            #expect(replica.dispatcher.inFlight(ofTenant: "t") == 1)
        }
    }

    @Test func ofTwoChangesThatKnewNothingOfEachOtherTheFirstCounts() async throws {
        try await PlacedReplica.with { replicas in
            let replay = try await replicas[0].replay()
            let key = ReplayKey(tenant: "t", id: replay.id)
            var late = try #require(replicas[0].replays.replay(key))
            _ = try await replicas[0].replays.cancel(replay.id, tenant: "t")
            late.status = .paused
            // What the other process does that has not heard of the end.
            #expect(try await replicas[1].replays.store(late) == false)
            for replica in replicas { #expect(await replica.status(of: replay) == .cancelled) }
            let records = replicas[0].log.base.records(of: PlacedReplica.replays)
            let heir = PlacedReplica(replicas[0].log.base, sink: replicas[0].sink)
            try await heir.load()
            #expect(await heir.status(of: replay) == .cancelled)
            // Also where compaction has kept only the last record.
            let last = try #require(records.last?.record.value)
            #expect(String(buffer: last).contains("cancelled"))
        }
    }

    @Test func whatHappenedToAReplayIsToldOnce() async throws {
        try await PlacedReplica.with(3) { replicas in
            try await replicas[0].publish(self.ids)
            try await replicas[0].leadership.assigned([PlacedReplica.replays])
            let done = try await replicas[1].replay()
            await until { await replicas[2].status(of: done) == .done }
            replicas[0].sink.shut { _ in true }
            let cancelled = try await replicas[1].replay()
            _ = try await replicas[2].replays.cancel(cancelled.id, tenant: "t")
            await until { replicas.reduce(0) { $0 + $1.audit.events.count } == 4 }
            #expect(replicas[0].audit.types == ["com.portarium.replay.Completed.v1"])
            #expect(replicas[1].audit.types == Array(repeating: "com.portarium.replay.Started.v1", count: 2))
            #expect(replicas[2].audit.types == ["com.portarium.replay.Cancelled.v1"])
        }
    }
}

extension PlacedReplica {
    /// What this process sends of a replay; nil where it does not.
    fileprivate func sender(_ replay: ReplayView) -> DeliverySpecification? {
        guard let stored = self.replays.replay(ReplayKey(tenant: "t", id: replay.id)) else { return nil }
        return self.replays.sender.specification(of: stored.machineID, generation: stored.generation)
    }
}
