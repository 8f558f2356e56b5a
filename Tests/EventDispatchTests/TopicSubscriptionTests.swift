import CloudEvents
import Delivery
import EventLog
import NIOCore
import RouterTestKit
import Subscriptions
import Synchronization
import Testing

@testable import EventDispatch

/// Subscriptions to topics, on logs that route by themselves and on such that do not.
struct TopicSubscriptionTests {
    /// What a log can do.
    enum Form: CaseIterable, Sendable {
        case alone
        case routing
    }

    private static func with(
        _ form: Form, _ change: (inout DispatchConfiguration) -> Void = { _ in },
        _ body: (TopicWorld) async throws -> Void
    ) async throws {
        let base = try await TopicWorld.log()
        switch form {
        case .alone: try await TopicWorld.with(base, base, change, body)
        case .routing:
            let log = SharedLog(base)
            log.obstacle.withLock { $0 = nil }
            try await TopicWorld.with(base, log, change, body)
        }
    }

    @Test(arguments: Form.allCases)
    func whatMatchesIsInTheTopicAsItWasInOrderOfItsKey(_ form: Form) async throws {
        try await Self.with(form) { world in
            #expect(world.dispatcher.routesInLog == (form == .routing))
            _ = try await world.subscriptions.create(TopicWorld.subscription())
            for id in 0..<60 { try await world.publish(id, type: id % 3 == 0 ? "b" : "a") }
            await until { await world.carriedIDs().count == 40 }
            let carried = try await world.carried()
            #expect(carried.count == 4)
            for (key, records) in carried {
                let events = try records.map { try $0.cloudEvent() }
                let ids = events.compactMap { Int($0.id) }
                #expect(ids == (0..<60).filter { $0 % 3 != 0 && ByteBuffer(string: "t|k\($0 % 4)") == key })
                #expect(events.map(\.data) == ids.map { ByteBuffer(string: "\($0)") })
                #expect(records.map(\.timestamp.milliseconds) == ids.map { 1_000 + Int64($0) })
            }
        }
    }

    @Test(arguments: Form.allCases)
    func itBeginsWhereItsStartSays(_ form: Form) async throws {
        try await Self.with(form) { world in
            for id in 0..<10 { try await world.publish(id) }
            var early = TopicWorld.subscription("early")
            early.config.start = .earliest
            _ = try await world.subscriptions.create(early)
            await until { await world.carriedIDs() == Array(0..<10) }
            try await world.subscriptions.delete(early.id)
            _ = try await world.subscriptions.create(TopicWorld.subscription("late"))
            for id in 10..<15 { try await world.publish(id) }
            await until { await world.carriedIDs().count >= 15 }
            #expect(await world.carriedIDs() == Array(0..<15))
        }
    }

    @Test(arguments: Form.allCases)
    func aPauseHoldsItAndAChangeOfTheFilterHoldsForWhatComesLater(_ form: Form) async throws {
        try await Self.with(form) { world in
            var subscription = TopicWorld.subscription()
            _ = try await world.subscriptions.create(subscription)
            try await world.publish(0)
            await until { await world.carriedIDs() == [0] }
            #expect(try await world.subscriptions.pause(subscription.id).status == .paused)
            if form == .routing { await until { world.routes.standing(of: subscription.id) == nil } }
            for id in 1..<4 { try await world.publish(id) }
            await until { (try? await world.subscriptions.get(subscription.id).lag) == 3 }
            #expect(await world.carriedIDs() == [0])
            subscription.types = ["b"]
            _ = try await world.subscriptions.update(subscription)
            try await world.publish(4, type: "b")
            _ = try await world.subscriptions.resume(subscription.id)
            await until { await world.carriedIDs().contains(4) }
            subscription.types = ["a", "b"]
            _ = try await world.subscriptions.update(subscription)
            try await world.publish(5)
            await until { await world.carriedIDs().contains(5) }
            // What the machine had matched before the change keeps its match; the log matches what it reads.
            #expect(await world.carriedIDs().filter { $0 == 0 || $0 >= 4 } == [0, 4, 5])
            await until { (try? await world.subscriptions.get(subscription.id).lag) == 0 }
        }
    }

    @Test func whoRoutesInTheLogIsUnknownToTheDeliveryMachine() async throws {
        try await Self.with(.routing) { world in
            _ = try await world.subscriptions.create(TopicWorld.subscription())
            _ = try await world.subscriptions.create(TopicWorld.subscription("http", sink: "http://one.test/"))
            #expect(world.dispatcher.standing(of: DispatchWorld.id()) == nil)
            #expect(world.dispatcher.standing(of: DispatchWorld.id("http")) != nil)
            let group = GroupName.cursor(
                of: DispatchWorld.id(),
                generation: try #require(world.subscriptions.stored(DispatchWorld.id())).generation)
            let committed = try await world.base.committed(groupsWithPrefix: group.name)[group] ?? [:]
            #expect(committed.keys.filter { $0.topic == DispatchWorld.topic }.count == 2)
            #expect(committed.values.allSatisfy { $0.metadata.isEmpty })
        }
    }

    @Test func whatTheLogRoutesIsCounted() async throws {
        let base = try await TopicWorld.log()
        let log = SharedLog(base)
        log.obstacle.withLock { $0 = nil }
        let counter = RouteCounter()
        try await TopicWorld.with(base, log, observer: counter) { world in
            var subscription = TopicWorld.subscription()
            subscription.types = ["a"]
            _ = try await world.subscriptions.create(subscription)
            for id in 0..<6 { try await world.publish(id, type: id < 4 ? "a" : "b") }
            await until { counter.counts.read == 6 }
            #expect(counter.counts == RouteCounter.Counts(read: 6, carried: 4, failures: 0))
            #expect(await world.carriedIDs() == Array(0..<4))
        }
    }

    @Test func aLogThatRoutesNoMoreGoesOnWhereItEnded() async throws {
        let base = try await TopicWorld.log()
        let log = SharedLog(base)
        log.obstacle.withLock { $0 = nil }
        try await TopicWorld.with(base, log) { world in
            _ = try await world.subscriptions.create(TopicWorld.subscription())
            for id in 0..<10 { try await world.publish(id) }
            await until { await world.carriedIDs().count == 10 }
        }
        try await TopicWorld.with(base, base) { world in
            for id in 10..<20 { try await world.publish(id) }
            await until { await world.carriedIDs().count >= 20 }
            #expect(await world.carriedIDs() == Array(0..<20))
        }
    }

    @Test(arguments: [
        ("kafka:events", "come to all subscriptions again"), ("kafka:portarium.dead-letters", "the router's own"),
        ("kafka:invalid-messages", "the router's own"), ("kafka:nowhere", "not there"),
    ])
    func aTopicThatEventsCannotGoToIsRefused(_ sink: String, _ reason: String) async throws {
        try await Self.with(.alone) { world in
            let error = await #expect(throws: ServiceError.self) {
                try await world.subscriptions.create(TopicWorld.subscription(sink: sink))
            }
            #expect(error?.code == .unprocessable)
            #expect(error?.errors.map(\.pointer) == ["/sink"])
            #expect(error?.message.contains(reason) == true)
            #expect(world.subscriptions.stored(DispatchWorld.id()) == nil)
        }
    }

    @Test(arguments: Form.allCases)
    func aTopicCannotBecomeAURLNorAURLATopic(_ form: Form) async throws {
        try await Self.with(form) { world in
            _ = try await world.subscriptions.create(TopicWorld.subscription("a"))
            _ = try await world.subscriptions.create(TopicWorld.subscription("b", sink: "http://one.test/"))
            for changed in [
                TopicWorld.subscription("a", sink: "http://one.test/"), TopicWorld.subscription("b"),
            ] {
                let error = await #expect(throws: ServiceError.self) { try await world.subscriptions.update(changed) }
                #expect(error?.errors.map(\.pointer) == ["/sink"])
            }
        }
    }

    @Test func routesOfTheLogAreBounded() async throws {
        try await Self.with(.routing, { $0.routesMax = 2 }) { world in
            for name in ["a", "b"] { _ = try await world.subscriptions.create(TopicWorld.subscription(name)) }
            let error = await #expect(throws: ServiceError.self) {
                try await world.subscriptions.create(TopicWorld.subscription("c"))
            }
            #expect(error?.code == .limitExceeded)
            _ = try await world.subscriptions.update(TopicWorld.subscription("b"))
        }
    }

    @Test func aTenantLeavesRoutesToOthers() async throws {
        try await Self.with(.routing, { $0.routesPerTenantMax = 1 }) { world in
            _ = try await world.subscriptions.create(TopicWorld.subscription("a"))
            let error = await #expect(throws: ServiceError.self) {
                try await world.subscriptions.create(TopicWorld.subscription("b"))
            }
            #expect(error?.code == .limitExceeded)
            var other = TopicWorld.subscription("b")
            other.id = SubscriptionID(tenant: "other", name: "b")
            _ = try await world.subscriptions.create(other)
        }
    }

    @Test(arguments: [
        (EventLogError.Code.tooLarge, AttemptReport.Meaning.rejected), (.corruptRecord, .rejected),
        (.overloaded, .retry(afterMilliseconds: nil)), (.unavailable, .retry(afterMilliseconds: nil)),
        (.unknownTopic, .retry(afterMilliseconds: nil)),
    ])
    func whatTheLogSaysDecidesWhetherItIsTriedAgain(
        _ code: EventLogError.Code, _ meaning: AttemptReport.Meaning
    ) async throws {
        let sink = TopicEventSink(writer: RefusingWriter(code: code), topicPrefix: "portarium")
        let report = await sink.send(
            DeliveryAttempt(
                id: 1, subscription: DispatchWorld.id(),
                destination: Destination(TopicWorld.subscription(), trust: OutboundTrust()),
                elements: [
                    .init(
                        event: CloudEvent(id: "1", source: "/test", type: "a"),
                        position: Position(TopicPartition(DispatchWorld.topic, Partition(0)), .zero))
                ], number: 1))
        #expect(report.meaning == meaning)
        #expect(report.error == "as the test wants it")
    }
}

private struct RefusingWriter: EventLogWriter {
    let code: EventLogError.Code
    var appendsAtomically: Bool { true }
    func append(_ records: [ProducerRecord]) async throws(EventLogError) -> [Position] {
        throw EventLogError(self.code, "as the test wants it")
    }
}
