import EventLog
import RouterTestKit
import Subscriptions
import Testing

@testable import EventDispatch

/// What can be asked of replays, and of starts.
@Suite(.timeLimit(.minutes(1))) struct ReplayRequestTests {
    private func pointers(_ world: DispatchWorld, _ request: ReplayRequest) async -> [String] {
        let error = await #expect(throws: ServiceError.self) { _ = try await world.replays.create(request) }
        #expect(error?.code == .unprocessable)
        return error?.errors.map(\.pointer) ?? []
    }

    private func range(_ topic: String, _ partition: Int32) -> ReplayRequest.OffsetRange {
        ReplayRequest.OffsetRange(
            topicPartition: TopicPartition(Topic(topic), Partition(partition)), from: .zero, to: Offset(1))
    }

    @Test func whatThereIsNotIsNamed() async throws {
        try await DispatchWorld.with { world in
            var request = ReplayRequest(tenant: "t", target: .sink("http://one.test/"))
            request.topics = [DispatchWorld.topic, Topic("none")]
            #expect(await self.pointers(world, request) == ["/topics/1"])
            request.topics = []
            request.offsets = [self.range("none", 0), self.range("portarium.events", 2)]
            #expect(await self.pointers(world, request) == ["/offsets/0/topic", "/offsets/1/partition"])
        }
    }

    @Test func twoRangesOfOnePartitionAreRefused() async throws {
        try await DispatchWorld.with { world in
            var request = ReplayRequest(tenant: "t", target: .sink("http://one.test/"))
            request.offsets = [self.range("portarium.events", 1), self.range("portarium.events", 1)]
            #expect(await self.pointers(world, request) == ["/offsets/1/partition"])
        }
    }

    @Test func aDryRunSaysSoAndKeepsNothing() async throws {
        try await DispatchWorld.with { world in
            try await world.subscribeAndDeliver(2)
            let view = try await world.replay(dryRun: true)
            #expect(view.matched == 2)
            #expect(view.request.dryRun)
            #expect(try await world.replays.list(tenant: "t", page: PageRequest()).items.isEmpty)
        }
    }

    @Test func aDryRunReadsOnlySoMuch() async throws {
        try await DispatchWorld.with(nil, { $0.dryRunRecordsMax = 1 }) { world in
            try await world.subscribeAndDeliver(2)
            let error = await #expect(throws: ServiceError.self) { _ = try await world.replay(dryRun: true) }
            #expect(error?.code == .unprocessable)
        }
    }

    @Test(arguments: [
        (SubscriptionConfiguration.Start.offset(topic: "none", partition: 0, offset: 0), "/config/start/topic"),
        (.offset(topic: "portarium.events", partition: 2, offset: 0), "/config/start/partition"),
        (.offset(topic: "portarium.events", partition: 0, offset: 1), "/config/start/offset"),
        (.time(milliseconds: 4_102_444_800_000), "/config/start"),
    ])
    func aStartThatIsNowhereIsNamed(_ start: SubscriptionConfiguration.Start, _ pointer: String) async throws {
        try await DispatchWorld.with { world in
            var subscription = DispatchWorld.subscription()
            subscription.config.start = start
            let error = await #expect(throws: ServiceError.self) {
                _ = try await world.subscriptions.create(subscription)
            }
            #expect(error?.code == .unprocessable)
            #expect(error?.errors.map(\.pointer) == [pointer])
            subscription.config.start = .latest
            _ = try await world.subscriptions.create(subscription)
        }
    }
}
