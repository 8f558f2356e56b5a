import CloudEvents
import Delivery
import EventLog
import Logging
import NIOCore
import RouterTestKit
import SecretSealing
import Subscriptions
import Synchronization
import Testing

@testable import EventDispatch

/// A router without its surfaces: everything runs, over a log in memory and a sink that does as it is told.
struct DispatchWorld: Sendable {
    static let topic = Topic("portarium.events")

    let log: InMemoryEventLog
    let sink: ScriptedSink
    let dispatcher: Dispatcher
    let subscriptions: LogSubscriptionService
    let replays: LogReplayService
    let letters: LogDeadLetterService
    let events: LogEventQueryService
    let audit: RecordedAudit

    /// A log with the router's topics, two partitions of events.
    static func log() async throws -> InMemoryEventLog {
        let log = InMemoryEventLog()
        try await log.createTopic(TopicSpecification(topic: Self.topic, partitions: 2))
        let configuration = DispatchConfiguration(eventTopics: [Self.topic])
        for topic in configuration.internalTopics(attemptRetentionAge: nil) { try await log.createTopic(topic) }
        return log
    }

    /// What seals the secrets of subscriptions; the same in every world.
    static func vault() throws -> SubscriptionVault {
        SubscriptionVault(keyring: try SecretKeyring("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="))
    }

    /// Starts a router, runs `body`, and stops the router whatever comes of it, as a crash would.
    static func with(
        _ log: InMemoryEventLog? = nil, _ change: (inout DispatchConfiguration) -> Void = { _ in },
        _ body: (DispatchWorld) async throws -> Void
    ) async throws {
        let log = if let log { log } else { try await Self.log() }
        var configuration = DispatchConfiguration(eventTopics: [Self.topic])
        configuration.commitIntervalMilliseconds = 10
        configuration.limits.internalRetryMilliseconds = 1
        change(&configuration)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let sink = ScriptedSink()
        let audit = RecordedAudit()
        let dispatcher = Dispatcher(
            configuration: configuration, log: log, sink: sink, vault: try Self.vault(), logger: logger)
        let journal = AuditJournal(trail: audit, logger: logger)
        let subscriptions = LogSubscriptionService(dispatcher: dispatcher, audit: journal)
        let replays = LogReplayService(dispatcher: dispatcher, subscriptions: subscriptions, audit: journal)
        try await dispatcher.load()
        try await subscriptions.load()
        try await replays.load()
        let world = DispatchWorld(
            log: log, sink: sink, dispatcher: dispatcher, subscriptions: subscriptions, replays: replays,
            letters: LogDeadLetterService(dispatcher: dispatcher, subscriptions: subscriptions),
            events: LogEventQueryService(dispatcher: dispatcher, subscriptions: subscriptions, index: nil),
            audit: audit)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await dispatcher.run() }
            group.addTask { try await subscriptions.run() }
            group.addTask { try await replays.run() }
            group.addTask { try await journal.run() }
            defer {
                sink.open()
                group.cancelAll()
            }
            try await body(world)
        }
    }

    /// Appends an event of the tenant `t`; its key is `k` where no other is given.
    @discardableResult
    func publish(
        _ id: String, source: String = "/test", key: String = "k", bytes: Int = 0, tenant: String = "t"
    ) async throws -> Position {
        let record = Self.record(id, source: source, key: key, bytes: bytes, tenant: tenant)
        return try await self.log.append([record])[0]
    }

    static func record(
        _ id: String, source: String = "/test", key: String = "k", bytes: Int = 0, tenant: String = "t"
    ) -> ProducerRecord {
        var event = CloudEvent(id: id, source: source, type: "a")
        event.attributes.append(name: "tenantid", value: tenant)
        event.attributes.append(name: "partitionkey", value: key)
        if bytes > 0 { event.data = ByteBuffer(repeating: 0x20, count: bytes) }
        let record = LogRecord(
            event: event, key: ByteBuffer(bytes: OrderingKey.bytes(of: event)), timestamp: Timestamp(milliseconds: 1))
        return ProducerRecord(topic: Self.topic, record: record)
    }

    static func subscription(_ name: String = "s", sink: String = "http://one.test/") -> Subscription {
        var subscription = Subscription(id: Self.id(name), types: ["a"], sink: sink)
        subscription.config.retry.delayMinMilliseconds = 1
        subscription.config.retry.delayMaxMilliseconds = 1
        return subscription
    }

    static func id(_ name: String = "s") -> SubscriptionID { SubscriptionID(tenant: "t", name: name) }

    /// A subscription that has got all of `count` events already.
    func subscribeAndDeliver(_ count: Int) async throws {
        _ = try await self.subscriptions.create(Self.subscription())
        for id in 0..<count { try await self.publish("\(id)") }
        await until { self.sink.deliveries.count == count }
    }

    func replay(to name: String = "s", dryRun: Bool = false) async throws -> ReplayView {
        try await self.replays.create(ReplayRequest(tenant: "t", target: .subscription(name), dryRun: dryRun))
    }

    func status(of replay: ReplayView) async -> ReplayView.Status? {
        try? await self.replays.get(replay.id, tenant: "t").status
    }

    var letterCount: Int {
        self.dispatcher.deadLetters.newest(tenant: "t", subscription: nil, before: nil, limit: .max) { _ in true }.count
    }

    /// Dead letters of the tenant `t`, oldest first, as soon as there are so many.
    func letters(_ count: Int) async throws -> [DeadLetter] {
        await until { self.letterCount == count }
        let page = try await self.letters.list(
            tenant: "t", subscription: nil, reason: nil, page: PageRequest(limit: 200))
        return page.items.reversed()
    }
}

/// Waits until something holds; the time limit of the test ends a wait for ever.
func until(_ condition: () async -> Bool) async {
    while await !condition(), !Task.isCancelled { await Task.yield() }
}

/// Audit events that were written, and failures that come before.
final class RecordedAudit: AuditTrail {
    private struct State {
        var events: [AuditEvent] = []
        var failures = 0
        var attempts = 0
    }

    private let state = Mutex(State())

    var events: [CloudEvent] { self.state.withLock { $0.events.map(\.event) } }
    var types: [String] { self.events.map(\.type) }
    var attempts: Int { self.state.withLock { $0.attempts } }

    func fail(_ count: Int) { self.state.withLock { $0.failures = count } }

    func append(_ event: AuditEvent) async throws {
        try self.state.withLock { state in
            state.attempts += 1
            if state.failures > 0 {
                state.failures -= 1
                throw EventLogError(.unavailable, "told to fail")
            }
            state.events.append(event)
        }
    }
}
