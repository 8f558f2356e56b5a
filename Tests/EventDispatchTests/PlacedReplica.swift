import Delivery
import EventLog
import Logging
import RouterTestKit
import Subscriptions
import Synchronization
import Testing

@testable import EventDispatch

/// One of several processes on one log. Partitions come and go as the test says; it has none at first.
struct PlacedReplica: Sendable {
    static let replays = TopicPartition(Topic("portarium.replays"), Partition(0))
    static let events = (0..<2).map { TopicPartition(DispatchWorld.topic, Partition($0)) }

    let log: SharedLog
    let sink: ScriptedSink
    let dispatcher: Dispatcher
    let subscriptions: LogSubscriptionService
    let replays: LogReplayService
    let letters: LogDeadLetterService
    let events: LogEventQueryService
    let audit = RecordedAudit()
    private let journal: AuditJournal

    init(_ base: InMemoryEventLog, sink: ScriptedSink, _ change: (inout DispatchConfiguration) -> Void = { _ in }) {
        var configuration = DispatchConfiguration(eventTopics: [DispatchWorld.topic])
        configuration.commitIntervalMilliseconds = 10
        configuration.limits.internalRetryMilliseconds = 1
        change(&configuration)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let log = SharedLog(base)
        self.log = log
        self.sink = sink
        let dispatcher = Dispatcher(configuration: configuration, log: log, sink: sink, logger: logger)
        let journal = AuditJournal(trail: self.audit, logger: logger)
        self.journal = journal
        self.dispatcher = dispatcher
        self.subscriptions = LogSubscriptionService(dispatcher: dispatcher, audit: journal)
        self.replays = LogReplayService(dispatcher: dispatcher, subscriptions: self.subscriptions, audit: journal)
        self.letters = LogDeadLetterService(dispatcher: dispatcher, subscriptions: self.subscriptions)
        self.events = LogEventQueryService(dispatcher: dispatcher, subscriptions: self.subscriptions, index: nil)
    }

    /// Runs several on one log and one sink, and stops them whatever comes of `body`, as a crash would.
    static func with(
        _ count: Int = 2, _ change: (inout DispatchConfiguration) -> Void = { _ in },
        _ body: ([PlacedReplica]) async throws -> Void
    ) async throws {
        let base = try await DispatchWorld.log()
        let sink = ScriptedSink()
        let replicas = (0..<count).map { _ in PlacedReplica(base, sink: sink, change) }
        for replica in replicas { try await replica.load() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for replica in replicas {
                group.addTask { try await replica.dispatcher.run() }
                group.addTask { try await replica.subscriptions.run() }
                group.addTask { try await replica.replays.run() }
                group.addTask { try await replica.journal.run() }
            }
            defer {
                sink.open()
                group.cancelAll()
            }
            try await body(replicas)
        }
    }

    func load() async throws {
        try await self.dispatcher.load()
        try await self.subscriptions.load()
        try await self.replays.load()
    }

    /// Who is told which partitions are its own.
    var leadership: any PartitionListener {
        get throws { try #require(self.dispatcher.leadership.withLock { $0 }) }
    }

    /// Appends events of the tenant `t`.
    func publish(_ ids: [String]) async throws {
        for id in ids { _ = try await self.log.append([DispatchWorld.record(id)]) }
    }

    /// A replay of everything to a sink of its own.
    func replay() async throws -> ReplayView {
        try await self.replays.create(ReplayRequest(tenant: "t", target: .sink("http://alone.test/")))
    }

    func status(of replay: ReplayView) async -> ReplayView.Status? {
        try? await self.replays.get(replay.id, tenant: "t").status
    }
}
