import CloudEvents
import Delivery
import EventLog
import Logging
import ServiceLifecycle
import Subscriptions
import Synchronization
import TenantLimits
import Traces

/// Reads the log, lets the delivery machine decide, and does what it says: the only loop between log and sinks.
///
/// ``load()`` first, then ``run()``. Ends on graceful shutdown after attempts in flight have reported,
/// or their time is up. On a log that is shared, the partitions come and go: see ``PartitionListener``.
public final class Dispatcher: Service {
    let configuration: DispatchConfiguration
    let log: any EventLog
    let sink: any EventSink
    let core: DispatchCore
    /// How many dead letters a tenant may have; nil: no limit.
    let limits: (any TenantLimitSource)?
    let journal: AttemptJournal
    let deadLetters: DeadLetterChannel
    let invalidMessages: InvalidMessageChannel
    let observer: any DispatchObserver
    /// Takes part in the traces of events; nil: nobody does.
    let tracer: Tracer?
    /// Opens what requests are signed with.
    let vault: SubscriptionVault
    let logger: Logger
    /// No: it is one of replays only, whose partitions come with them.
    let followsTails: Bool
    /// How often, 10 ms apart, a commit under way is waited for at the end.
    private static let lastCommitWaitsMax = 500
    /// How often positions that do not change are committed again: a shared log may forget them when they are old.
    private static let renewalInterval = Duration.seconds(43_200)
    private let isRunning = Mutex(false)
    /// Whether the log routes to topics by itself.
    let routing = Mutex(false)
    let isEnding = Mutex(false)
    let tails = TailTasks()
    /// Held while it is decided where subscriptions stand in partitions: a subscription that comes, and a partition
    /// that comes, wait for each other.
    let placing = SerialGate()
    /// Who hears of suspensions and completed replays.
    let listeners = Mutex<[@Sendable (DeliveryEffect) async -> Void]>([])
    /// Who is told of the partitions that come and go and are not fed: the replay topic's says who sends replays.
    let leadership = Mutex<(any PartitionListener)?>(nil)
    /// What tenants have of what all share, where that is not what the others have.
    let shares = Mutex<[String: TenantShare]>([:])
    /// Who sends the replays where that is not this dispatcher, see ``init(replaysOf:)``.
    let replaying = Mutex<Dispatcher?>(nil)

    /// Reads nothing yet, see ``load()``.
    /// - Parameter limits: what tenants may use. It is followed; nil: only what the configuration says.
    public init(
        configuration: DispatchConfiguration, log: any EventLog, sink: any EventSink,
        limits: (any TenantLimitSource)? = nil,
        observer: any DispatchObserver = SilentDispatchObserver(),
        vault: SubscriptionVault = SubscriptionVault(keyring: nil), tracer: Tracer? = nil, logger: Logger
    ) {
        self.configuration = configuration
        self.log = log
        self.sink = sink
        self.core = DispatchCore(limits: configuration.limits)
        self.limits = limits
        self.journal = AttemptJournal(configuration: configuration, log: log)
        self.deadLetters = DeadLetterChannel(configuration: configuration, log: log, logger: logger)
        self.invalidMessages = InvalidMessageChannel(
            configuration: configuration, log: log, observer: observer, logger: logger)
        self.observer = observer
        self.tracer = tracer
        self.vault = vault
        self.logger = logger
        self.followsTails = true
        for (tenant, weight) in configuration.tenantWeights.sorted(by: { $0.key < $1.key }) {
            self.share(tenant, TenantShare(weight: weight, inFlightMax: nil))
        }
        limits?.follow { [weak self] tenant, limits in
            self?.share(tenant, TenantShare(weight: limits[.weight], inFlightMax: limits[.inFlight]))
        }
    }

    /// A dispatcher that follows no tail and sends only the replays that it is given, see ``sendReplays()``. It shares
    /// the journal and the dead letters with `main`, and has a part of the limits for itself, see
    /// ``DeliveryLimits/ofReplays``.
    init(replaysOf main: Dispatcher) {
        self.configuration = main.configuration
        self.log = main.log
        self.sink = main.sink
        self.core = DispatchCore(limits: main.configuration.limits.ofReplays)
        self.limits = main.limits
        self.journal = main.journal
        self.deadLetters = main.deadLetters
        self.invalidMessages = main.invalidMessages
        self.observer = main.observer
        self.tracer = main.tracer
        self.vault = main.vault
        self.logger = main.logger
        self.followsTails = false
        for (tenant, share) in main.shares.withLock({ $0 }) { self.share(tenant, share) }
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

    /// Takes up every partition where its commit left off. On a log that is shared they come with ``run()``.
    public func load() async throws {
        try await self.decideRouting()
        if !self.log.isShared { try await self.takeUpAll() }
        try await self.deadLetters.load()
    }

    private func takeUpAll() async throws {
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
    }

    /// Follows the tails, sends, commits and keeps time until the process is told to end; once per instance.
    ///
    /// On graceful shutdown nothing new is sent, attempts in flight get
    /// ``DispatchConfiguration/drainTimeoutMilliseconds`` to report, and then positions are committed. A cancelled task
    /// ends at once and commits nothing more: what settled since the last commit is delivered again after the next
    /// start. On a log that is shared, the partitions are left to the others at the end of a graceful shutdown.
    /// - Throws: ``EventLogError`` where the topics cannot be listed at the start, or the log does not let this process
    ///   take part. Later faults of the log are logged and tried again.
    public func run() async throws {
        if !self.log.isShared { self.startTails(of: try await self.fedPartitions()) }
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await self.tails.run { await self.followTail($0) } }
            if self.log.isShared { group.addTask { try await self.takePart() } }
            group.addTask { await self.passTime() }
            group.addTask { await self.commitRegularly() }
            group.addTask { await self.journal.writeRegularly() }
            group.addTask { await self.deadLetters.follow() }
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
        self.isEnding.withLock { $0 = true }
        self.core.step { state, _ in state.machine.stopSending() }
        let deadline =
            DispatchClock.monotonicMilliseconds + (isGraceful ? self.configuration.drainTimeoutMilliseconds : 0)
        while !self.core.look({ $0.machine.isQuiet }), DispatchClock.monotonicMilliseconds < deadline {
            try? await Task.sleep(for: .milliseconds(5))
        }
        await self.commitAll()
        await self.journal.write()
        if isGraceful { await self.log.leave() }
        self.core.finish()
    }

    /// Waits for a commit that is under way, then commits what has been settled since.
    func commitAll() async {
        for _ in 0..<Self.lastCommitWaitsMax where self.core.look({ $0.machine.isCommitting }) {
            try? await Task.sleep(for: .milliseconds(10))
            await Task.yield()
        }
        await self.commitNow()
    }

    func passTime() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(5))
            let isDue = self.core.look { state in
                state.machine.nextDeadline.map { $0 <= DispatchClock.monotonicMilliseconds } ?? false
            }
            if isDue { self.core.step { state, now in state.machine.advance(now: now) } }
        }
    }

    func commitRegularly() async {
        var renewed = ContinuousClock.now
        var pace = CommitPace(intervalMilliseconds: self.configuration.commitIntervalMilliseconds)
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(pace.pauseMilliseconds))
            if self.log.isShared, renewed.duration(to: .now) > Self.renewalInterval {
                renewed = .now
                self.core.step { state, _ in state.machine.renewCommits() }
            }
            pace.committed(isTaken: await self.commitNow())
        }
    }

    /// Commits what is settled. Does nothing while another commit is under way.
    /// - Returns: false where a commit was refused.
    @discardableResult
    func commitNow() async -> Bool {
        guard let plan = self.core.step({ state, _ in state.machine.planCommit() }) else { return true }
        do {
            try await self.carryOut(plan)
            return true
        } catch {
            self.logger.warning("positions could not be committed and are tried again", metadata: ["error": "\(error)"])
            return false
        }
    }
}
