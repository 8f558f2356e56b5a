import EventLog
import RouterTestKit
import Subscriptions
import Testing

@testable import Delivery
@testable import EventDispatch

/// What a process that follows the subscriptions does while the log does not say where they stand.
@Suite(.timeLimit(.minutes(1))) struct SharedFollowingTests {
    /// One that has all partitions, and does nothing but what it is asked for, and a subscription that another made.
    private func replica() async throws -> PlacedReplica {
        let base = try await DispatchWorld.log()
        let (asked, other) = (PlacedReplica(base, sink: ScriptedSink()), PlacedReplica(base, sink: ScriptedSink()))
        for replica in [asked, other] { try await replica.load() }
        await asked.dispatcher.assigned(PlacedReplica.events)
        _ = try await other.subscriptions.create(DispatchWorld.subscription())
        return asked
    }

    private func isPlaced(_ replica: PlacedReplica) -> Bool {
        replica.dispatcher.standing(of: DispatchWorld.id()) != nil
    }

    @Test func aCallIsRefusedAndTheNextOneDoesWhatIsLeft() async throws {
        let replica = try await self.replica()
        replica.log.base.setFault(.fails(EventLogError(.unavailable, "told to fail")), on: .committed)
        let error = await #expect(throws: ServiceError.self) { try await replica.subscriptions.catchUp() }
        #expect(error?.code == .unavailable)
        #expect(!self.isPlaced(replica))
        replica.log.base.setFault(nil, on: .committed)
        try await replica.subscriptions.catchUp()
        #expect(self.isPlaced(replica))
    }

    @Test func aCallerWhoGoesAwayInTheMiddleLosesNoSubscription() async throws {
        let replica = try await self.replica()
        replica.log.base.setFault(.hangs, on: .committed)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await replica.subscriptions.catchUp() }
            await until { replica.log.base.waiting > 0 }
            group.cancelAll()
        }
        replica.log.base.setFault(nil, on: .committed)
        try await replica.subscriptions.catchUp()
        #expect(self.isPlaced(replica))
    }

    @Test func aPartitionThatGoesWhileItsPlaceIsLookedForIsGone() async throws {
        let replica = try await self.replica()
        let topicPartition = PlacedReplica.events[0]
        let number = try #require(replica.dispatcher.core.look { $0.machine.assignment(of: topicPartition) })
        replica.log.base.setFault(.fails(EventLogError(.unavailable, "told to fail")), on: .committed)
        let calls = replica.log.base.calls(of: .committed)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await replica.dispatcher.takeUpAgain(
                    TailAssignment(topicPartition: topicPartition, number: number), since: Timestamp(milliseconds: 1))
            }
            await until { replica.log.base.calls(of: .committed) > calls }
            await replica.dispatcher.lost([topicPartition])
        }
        #expect(replica.dispatcher.core.look { $0.machine.assignment(of: topicPartition) } == nil)
    }
}
