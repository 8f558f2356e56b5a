import CloudEvents
import Delivery
import EventLog
import NIOCore
import RouterTestKit
import Subscriptions
import Testing

@testable import EventDispatch

/// What the router did on its own account can be read as events.
@Suite(.timeLimit(.minutes(1))) struct AuditTests {
    private static let replay = "com.portarium.replay."

    @Test func aReplayTellsItsBeginningAndItsEnd() async throws {
        try await DispatchWorld.with { world in
            try await world.subscribeAndDeliver(1)
            let replay = try await world.replay()
            await until { world.audit.types.count == 2 }
            #expect(world.audit.types == [Self.replay + "Started.v1", Self.replay + "Completed.v1"])
            for event in world.audit.events {
                #expect(event.subject == replay.id)
                #expect(event.correlationID == replay.id)
                #expect(event.data.map { String(buffer: $0) }?.contains(#""subscription":"s""#) == true)
            }
        }
    }

    @Test func cancellingAndFailingAreTold() async throws {
        try await DispatchWorld.with { world in
            try await world.subscribeAndDeliver(1)
            world.sink.shut { $0.replay != nil }
            let cancelled = try await world.replay()
            _ = try await world.replays.cancel(cancelled.id, tenant: "t")
            _ = try await world.replay()
            try await world.subscriptions.delete(DispatchWorld.id())
            await until { world.audit.types.count == 4 }
            #expect(Set(world.audit.types.suffix(3)).contains(Self.replay + "Cancelled.v1"))
            #expect(world.audit.types.contains(Self.replay + "Failed.v1"))
        }
    }

    @Test func aSuspensionIsTold() async throws {
        try await DispatchWorld.with { world in
            world.sink.answer(.gone)
            _ = try await world.subscriptions.create(DispatchWorld.subscription())
            try await world.publish("1")
            await until { !world.audit.types.isEmpty }
            #expect(world.audit.types == ["com.portarium.subscription.Suspended.v1"])
            #expect(world.audit.events.first?.subject == "s")
        }
    }

    @Test func aLostRangeIsTold() async throws {
        let log = try await DispatchWorld.log()
        try await DispatchWorld.with(log) { world in
            _ = try await world.subscriptions.create(DispatchWorld.subscription())
            _ = try await world.subscriptions.pause(DispatchWorld.id())
            for id in 0..<3 { try await world.publish("\(id)") }
            await until { (try? await world.subscriptions.get(DispatchWorld.id()).lag) == 3 }
            await until { world.dispatcher.core.look { $0.machine.totals.detachedCursors } == 1 }
            try await log.createTopic(
                TopicSpecification(topic: DispatchWorld.topic, partitions: 2, retentionBytesMax: 0))
            log.sweep(now: Timestamp(milliseconds: 10))
            _ = try await world.subscriptions.resume(DispatchWorld.id())
            await until { !world.audit.types.isEmpty }
            #expect(world.audit.types == ["com.portarium.subscription.RangeLost.v1"])
        }
    }

    @Test func aFailedWriteIsTriedAgainAndDelaysNothing() async throws {
        try await DispatchWorld.with { world in
            try await world.subscribeAndDeliver(1)
            world.audit.fail(2)
            let replay = try await world.replay()
            await until { await world.status(of: replay) == .done }
            await until { world.audit.types.count == 2 }
            #expect(world.audit.attempts == 4)
        }
    }
}
