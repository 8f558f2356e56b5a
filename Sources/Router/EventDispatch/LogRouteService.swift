import Delivery
import EventLog
import Logging
import ServiceLifecycle
import Subscriptions
import Synchronization

/// Lets the log route the events of subscriptions to topics by itself, each event once, where it can: the delivery
/// machine does not know these subscriptions.
///
/// Keeps one route for every active one, and follows what becomes of the subscriptions: a filter takes effect for what
/// is read after the change, a pause ends the route, and a resume goes on where it ended. Does nothing where the log
/// does not route.
public final class LogRouteService: Service {
    private struct State {
        var runners: [SubscriptionID: RouteRunner] = [:]
    }

    /// How long a route that failed is waited for before it begins again, in milliseconds.
    private static let retryMilliseconds: Int64 = 1_000
    private let subscriptions: LogSubscriptionService
    private let audit: AuditJournal?
    private let state = Mutex(State())
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    private var dispatcher: Dispatcher { self.subscriptions.dispatcher }

    /// Begins to hear how subscriptions change. The subscriptions do not keep the service alive.
    /// - Parameter audit: where lost ranges are told.
    public init(subscriptions: LogSubscriptionService, audit: AuditJournal? = nil) {
        self.subscriptions = subscriptions
        self.audit = audit
        (self.wakes, self.wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        subscriptions.follow { [weak self] id in self?.followChange(of: id) }
        subscriptions.routeStandings.withLock { standings in
            standings = { [weak self] id in self?.standing(of: id) }
        }
    }

    /// Routes until the process is told to end; then brings to its end what is under way. Once per instance.
    public func run() async throws {
        guard self.dispatcher.routesInLog, let router = self.dispatcher.log as? any EventLogRouting else {
            // A service that ends by itself ends the router.
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                self.wake.yield()
                for await _ in self.wakes {
                    for (id, runner) in self.begin() {
                        group.addTask {
                            await self.run(runner, of: id, by: router)
                            self.state.withLock { $0.runners[id] = nil }
                            self.wake.yield()
                        }
                    }
                }
                group.cancelAll()
            }
        }
    }

    /// Numbers of a subscription that is routed here; nil for any other.
    func standing(of id: SubscriptionID) -> RouteRunner.Standing? {
        self.state.withLock { $0.runners[id]?.standing }
    }

    private func followChange(of id: SubscriptionID) {
        if let runner = self.state.withLock({ $0.runners[id] }) { self.select(runner, of: id) }
        self.wake.yield()
    }

    /// What a route carries is what its subscription of now wants; another one of the same id is none of its business.
    private func select(_ runner: RouteRunner, of id: SubscriptionID) {
        guard let stored = self.subscriptions.stored(id),
            GroupName.cursor(of: id, generation: stored.generation) == runner.route.group
        else { return runner.select(with: nil) }
        if let compiled = try? CompiledSubscription(stored.subscription) { runner.select(with: compiled) }
    }

    /// Stops what must not run as it does, and makes what has to be begun. One that ends is begun again only when it
    /// has ended.
    private func begin() -> [(SubscriptionID, RouteRunner)] {
        let wanted = self.subscriptions.routed()
        let begun = self.state.withLock { state in
            for (id, runner) in state.runners where wanted[id]?.route != runner.route { runner.stop() }
            var begun: [(SubscriptionID, RouteRunner)] = []
            for (id, want) in wanted where state.runners[id] == nil {
                let runner = self.runner(want, of: id)
                state.runners[id] = runner
                begun.append((id, runner))
            }
            return begun
        }
        // A change may have come while these were made.
        for (id, runner) in begun { self.select(runner, of: id) }
        return begun
    }

    private func runner(_ wanted: LogSubscriptionService.Routed, of id: SubscriptionID) -> RouteRunner {
        let (logger, audit) = (self.dispatcher.logger, self.audit)
        return RouteRunner(wanted.route, wanted.compiled, observer: self.dispatcher.observer) { error in
            logger.warning(
                "the events of a subscription cannot be routed now, which is tried again",
                metadata: .subscription(id, ["error": "\(error)"]))
        } onLoss: { topicPartition, from, to in
            logger.error(
                "retention took records before a subscription had read them",
                metadata: .subscription(
                    id, ["partition": "\(topicPartition)", "from": "\(from)", "to": "\(to)"]))
            audit?.note(
                .rangeLost(
                    .init(tenant: id.tenant, name: id.name, generation: wanted.generation), topicPartition, from: from,
                    to: to))
        }
    }

    /// Takes part until the runner is stopped or the task is cancelled; what fails is begun again.
    private func run(_ runner: RouteRunner, of id: SubscriptionID, by router: any EventLogRouting) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled {
                    do throws(EventLogError) {
                        try await self.takeOver(runner.route)
                        try await router.route(runner.route, runner)
                    } catch {
                        if error.code == .closed { return }
                        runner.failed(error)
                    }
                    try? await Task.sleep(for: .milliseconds(Self.retryMilliseconds))
                }
            }
            group.addTask { await runner.untilStopped() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Positions that the delivery machine has left, from a time when the log did not route, become those of the route:
    /// what was settled behind something unsettled is routed again.
    private func takeOver(_ route: LogRoute) async throws(EventLogError) {
        let log = self.dispatcher.log
        let own = try await log.committed(groupsWithPrefix: route.group.name)[route.group] ?? [:]
        guard own.values.contains(where: { !$0.metadata.isEmpty }) else { return }
        let tail = try await log.committed(groupsWithPrefix: GroupName.tail.name)[GroupName.tail] ?? [:]
        let sources = Set(route.sources)
        var commits: [GroupCommit] = []
        for (topicPartition, committed) in own where sources.contains(topicPartition.topic) {
            var offset = committed.offset
            if let cursor = SubscriptionCursor(committed), !cursor.isDetached, cursor.unsettled.isEmpty {
                offset = max(offset, tail[topicPartition]?.offset ?? .zero)
            }
            commits.append(
                GroupCommit(
                    group: route.group, topicPartition: topicPartition, committed: CommittedOffset(offset: offset)))
        }
        try await log.commit(commits)
    }
}
