import Delivery
import EventLog
import NIOCore
import RouterTestKit
import Subscriptions
import Testing

@testable import EventDispatch

/// Subscriptions are what was wanted last, whatever the log and the sinks do.
@Suite(.timeLimit(.minutes(1))) struct SubscriptionServiceTests {
    private static let full = InMemoryEventLog.Fault.fails(EventLogError(.unavailable, "full"))
    private static let topicPartition = TopicPartition(Topic("portarium.subscriptions"), Partition(0))

    private func isSuspendedInTheMachine(_ world: DispatchWorld) -> Bool {
        world.subscriptions.stored(DispatchWorld.id()).flatMap {
            world.dispatcher.specification(of: DispatchWorld.id(), generation: $0.generation)
        }?.status == .suspended
    }

    private func status(_ world: DispatchWorld) async -> SubscriptionView.Status? {
        try? await world.subscriptions.get(DispatchWorld.id()).status
    }

    @Test func aSuspensionThatCannotBeStoredIsTriedAgain() async throws {
        let log = try await DispatchWorld.log()
        try await DispatchWorld.with(log, { $0.recordsAttempts = false }) { world in
            world.sink.answer(.gone)
            _ = try await world.subscriptions.create(DispatchWorld.subscription())
            try await world.publish("1")
            log.setFault(Self.full, on: .append, times: 2)
            await until { await self.status(world) == .suspended }
        }
        try await DispatchWorld.with(log) { world in #expect(await self.status(world) == .suspended) }
    }

    @Test func aResumeHasTheLastWordOverASuspensionThatIsNotStoredYet() async throws {
        try await DispatchWorld.with(nil, { $0.recordsAttempts = false }) { world in
            world.sink.answer(.gone)
            _ = try await world.subscriptions.create(DispatchWorld.subscription())
            try await world.publish("1")
            world.log.setFault(Self.full, on: .append)
            await until { self.isSuspendedInTheMachine(world) }
            world.sink.answer(.delivered)
            _ = try await world.subscriptions.resume(DispatchWorld.id())
            await until { world.sink.deliveries.count == 2 }
            world.log.setFault(nil, on: .append)
            _ = try await world.subscriptions.create(DispatchWorld.subscription("later"))
            #expect(!self.isSuspendedInTheMachine(world))
            #expect(await self.status(world) == .active)
        }
    }

    @Test func aSubscriptionThatCannotBeReadIsSuspendedAndCanBeReplaced() async throws {
        let log = try await DispatchWorld.log()
        try await log.store("nonsense", key: "t/s", in: Self.topicPartition)
        try await DispatchWorld.with(log) { world in
            let view = try await world.subscriptions.get(DispatchWorld.id())
            #expect(view.status == .suspended)
            #expect(view.stored.statusReason?.contains("cannot be read") == true)
            let error = await #expect(throws: ServiceError.self) {
                _ = try await world.subscriptions.resume(DispatchWorld.id())
            }
            #expect(error?.code == .conflict)
            try await world.publish("held")
            await until { (try? await world.subscriptions.get(DispatchWorld.id()).lag) == 1 }
            #expect(try await world.subscriptions.update(DispatchWorld.subscription()).stored.status == .active)
            await until { !world.sink.deliveries.isEmpty }
            #expect(world.sink.deliveries.map(\.event) == ["held"])
        }
    }

    @Test func aFilterThatCannotBeUsedAnyMoreKeepsItsPlace() async throws {
        let log = try await DispatchWorld.log()
        var broken = DispatchWorld.subscription()
        broken.filters = [.sql("(")]
        let stored = StoredSubscription(
            subscription: broken, generation: "g", createdAt: Timestamp(milliseconds: 1),
            updatedAt: Timestamp(milliseconds: 1), startOffsets: [:])
        try await log.store(stored, key: "t/s", in: Self.topicPartition)
        try await DispatchWorld.with(log) { world in
            #expect(await self.status(world) == .suspended)
            try await world.publish("held")
            _ = try await world.subscriptions.update(DispatchWorld.subscription())
            await until { !world.sink.deliveries.isEmpty }
            #expect(world.sink.deliveries.map(\.event) == ["held"])
        }
    }

    @Test func aChangeWaitsForItsPositionToBeStored() async throws {
        try await DispatchWorld.with { world in
            _ = try await world.subscriptions.create(DispatchWorld.subscription())
            world.log.setFault(Self.full, on: .commit)
            try await world.publish("1")
            await until { world.sink.deliveries.count == 1 }
            let changed = DispatchWorld.subscription(sink: "http://two.test/")
            let error = await #expect(throws: ServiceError.self) {
                _ = try await world.subscriptions.update(changed)
            }
            #expect(error?.code == .unavailable)
            #expect(world.subscriptions.stored(DispatchWorld.id())?.subscription.sink == "http://one.test/")
            world.log.setFault(nil, on: .commit)
            #expect(try await world.subscriptions.update(changed).stored.revision == 2)
        }
    }

    @Test func cursorsThatBelongToNobodyAreDeletedAtTheStart() async throws {
        let log = try await DispatchWorld.log()
        let place = TopicPartition(DispatchWorld.topic, Partition(0))
        let committed = SubscriptionCursor(generation: "x", isDetached: true, position: 0).committed
        let names = [DispatchWorld.id("gone"), ReplayKey(tenant: "t", id: "gone").machineID]
        let groups = names.map { GroupName.cursor(of: $0, generation: "x") }
        try await log.commit(groups.map { GroupCommit(group: $0, topicPartition: place, committed: committed) })
        try await DispatchWorld.with(log) { _ in
            await until { (try? await log.committed(groupsWithPrefix: GroupName.cursorPrefix))?.isEmpty == true }
        }
    }
}

/// What ``SubscriptionCatalog`` keeps in order.
@Suite struct SubscriptionCatalogTests {
    private func stored(_ name: String) -> StoredSubscription {
        StoredSubscription(
            subscription: DispatchWorld.subscription(name), generation: "g", createdAt: Timestamp(milliseconds: 1),
            updatedAt: Timestamp(milliseconds: 1), startOffsets: [:])
    }

    @Test func namesAreListedInOrderFromAnyOfThem() {
        var catalog = SubscriptionCatalog()
        for name in ["c", "a", "d", "b"] { catalog.put(self.stored(name)) }
        catalog.remove(DispatchWorld.id("b"))
        #expect(catalog.list(tenant: "t").map(\.subscription.id.name) == ["a", "c", "d"])
        #expect(catalog.list(tenant: "t", after: "b", limit: 1).map(\.subscription.id.name) == ["c"])
        #expect(catalog.list(tenant: "t", after: "c").map(\.subscription.id.name) == ["d"])
        #expect(catalog.list(tenant: "other").isEmpty)
    }

    @Test func aPageOfLargeSubscriptionsEndsEarly() async throws {
        try await DispatchWorld.with { world in
            let names = (100..<170).map { "s\($0)" }
            for name in names {
                var subscription = Subscription(
                    id: SubscriptionID(tenant: "large", name: name), sink: "https://sink.example/")
                subscription.config.transform = #"[{"data":1}"# + String(repeating: " ", count: 65_000) + "]"
                _ = try await world.subscriptions.create(subscription, secrets: SubscriptionSecrets())
            }
            var page = PageRequest(limit: 200)
            let first = try await world.subscriptions.list(tenant: "large", page: page)
            #expect(first.items.count == 64)
            #expect(first.nextCursor == "s163")
            page.cursor = first.nextCursor
            let rest = try await world.subscriptions.list(tenant: "large", page: page)
            #expect((first.items + rest.items).map(\.stored.subscription.id.name) == names)
            #expect(rest.nextCursor == nil)
        }
    }

    @Test func aReservedNameIsTakenAndCounts() {
        var catalog = SubscriptionCatalog()
        #expect(catalog.reserve(DispatchWorld.id("a"), perTenantMax: 1) == .reserved)
        #expect(catalog.reserve(DispatchWorld.id("a"), perTenantMax: 1) == .taken)
        #expect(catalog.reserve(DispatchWorld.id("b"), perTenantMax: 1) == .tooMany)
        catalog.release(DispatchWorld.id("a"))
        #expect(catalog.reserve(DispatchWorld.id("b"), perTenantMax: 1) == .reserved)
    }
}
