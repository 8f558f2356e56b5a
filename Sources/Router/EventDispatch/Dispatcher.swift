import CloudEvents
import Delivery
import EventLog
import Logging
import ServiceLifecycle
import Subscriptions
import Synchronization

/// Reads the log, lets the delivery machine decide, and does what it says: the only loop between log and sinks.
///
/// ``load(_:)`` first, then ``run()``. Ends on graceful shutdown after attempts in flight have reported,
/// or their time is up.
public final class Dispatcher: Service {
    let configuration: DispatchConfiguration
    let log: any EventLog
    let sink: any EventSink
    let core: DispatchCore
    let journal: AttemptJournal
    let deadLetters: DeadLetterChannel
    let observer: any DispatchObserver
    let logger: Logger
    /// How often, 10 ms apart, a commit under way is waited for at the end.
    private static let lastCommitWaitsMax = 500
    private let isRunning = Mutex(false)
    /// Whether the log routes to topics by itself.
    let routing = Mutex(false)
    /// Who hears of suspensions and completed replays.
    let listeners = Mutex<[@Sendable (DeliveryEffect) async -> Void]>([])

    public init(
        configuration: DispatchConfiguration, log: any EventLog, sink: any EventSink,
        observer: any DispatchObserver = SilentDispatchObserver(), logger: Logger
    ) {
        self.configuration = configuration
        self.log = log
        self.sink = sink
        self.core = DispatchCore(limits: configuration.limits, tenantWeights: configuration.tenantWeights)
        self.journal = AttemptJournal(configuration: configuration, log: log)
        self.deadLetters = DeadLetterChannel(configuration: configuration, log: log)
        self.observer = observer
        self.logger = logger
    }

    /// Topics that subscriptions are fed from.
    var fedTopics: [Topic] { self.configuration.eventTopics + [self.configuration.redriveTopic] }

    /// The partitions of those topics.
    func fedPartitions() async throws(EventLogError) -> [TopicPartition] {
        let wanted = Set(self.fedTopics)
        return try await self.log.topics().filter { wanted.contains($0.topic) }.flatMap { specification in
            (0..<Int32(specification.partitions)).map { TopicPartition(specification.topic, Partition($0)) }
        }.sorted()
    }

    /// Takes up every partition where its commit left off.
    public func load() async throws {
        try await self.decideRouting()
        let committed = try await self.log.committed(groupsWithPrefix: GroupName.tail.name)[GroupName.tail] ?? [:]
        for topicPartition in try await self.fedPartitions() {
            let bounds = try await self.log.bounds(of: topicPartition)
            // A commit that retention has overtaken is taken as it is: the first read finds out, and says what is lost.
            let start = min(committed[topicPartition]?.offset ?? .zero, bounds.end)
            self.core.step { state, now in
                state.ends[topicPartition] = bounds.end
                state.machine.assign(topicPartition, committed: start, cursors: { _ in (nil, nil) }, now: now)
            }
        }
        try await self.deadLetters.load()
    }

    /// Follows the tails, sends, commits and keeps time until the process is told to end; once per instance.
    ///
    /// On graceful shutdown nothing new is sent, attempts in flight get
    /// ``DispatchConfiguration/drainTimeoutMilliseconds`` to report, and then positions are committed. A cancelled task
    /// ends at once and commits nothing more: what settled since the last commit is delivered again after the next
    /// start.
    /// - Throws: ``EventLogError`` where the topics cannot be listed at the start. Later faults of the log are logged
    ///   and tried again.
    public func run() async throws {
        let partitions = try await self.fedPartitions()
        await withDiscardingTaskGroup { group in
            for topicPartition in partitions {
                group.addTask { await self.followTail(topicPartition) }
            }
            group.addTask { await self.passTime() }
            group.addTask { await self.commitRegularly() }
            group.addTask { await self.journal.writeRegularly() }
            group.addTask { await self.drainOnShutdown() }
            self.isRunning.withLock { $0 = true }
            for await effects in self.core.effects {
                for effect in effects { group.addTask { await self.perform(effect) } }
            }
            self.isRunning.withLock { $0 = false }
            group.cancelAll()
        }
    }

    /// Whether events are being dispatched; for readiness.
    public var isDispatching: Bool { self.isRunning.withLock { $0 } }

    private func drainOnShutdown() async {
        // A cancelled task has no time to drain, but what is settled is committed all the same.
        let isGraceful: Bool
        do {
            try await gracefulShutdown()
            isGraceful = true
        } catch { isGraceful = false }
        self.core.step { state, _ in state.machine.stopSending() }
        let deadline =
            DispatchClock.monotonicMilliseconds + (isGraceful ? self.configuration.drainTimeoutMilliseconds : 0)
        while !self.core.look({ $0.machine.isQuiet }), DispatchClock.monotonicMilliseconds < deadline {
            try? await Task.sleep(for: .milliseconds(5))
        }
        await self.commitAll()
        await self.journal.write()
        self.core.finish()
    }

    /// Waits for a commit that is under way, then commits what has been settled since.
    private func commitAll() async {
        for _ in 0..<Self.lastCommitWaitsMax where self.core.look({ $0.machine.isCommitting }) {
            try? await Task.sleep(for: .milliseconds(10))
            await Task.yield()
        }
        await self.commitNow()
    }

    private func passTime() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(5))
            let isDue = self.core.look { state in
                state.machine.nextDeadline.map { $0 <= DispatchClock.monotonicMilliseconds } ?? false
            }
            if isDue { self.core.step { state, now in state.machine.advance(now: now) } }
        }
    }

    private func commitRegularly() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(self.configuration.commitIntervalMilliseconds))
            await self.commitNow()
        }
    }

    /// Commits what is settled. Does nothing while another commit is under way.
    func commitNow() async {
        guard let plan = self.core.step({ state, _ in state.machine.planCommit() }) else { return }
        do { try await self.carryOut(plan) } catch {
            self.logger.warning("positions could not be committed and are tried again", metadata: ["error": "\(error)"])
        }
    }
}
