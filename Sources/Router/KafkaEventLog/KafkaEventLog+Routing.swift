import EventLog
import NIOPosix
import Synchronization

extension KafkaEventLog: EventLogRouting {
    /// Why the brokers have no transactions for this principal; nil where they have.
    /// - Throws: ``EventLogError`` `unavailable` where they do not answer; `closed`.
    public func obstacleToRouting() async throws(EventLogError) -> String? {
        let (configuration, logger) = (self.configuration, self.logger)
        return try await self.calls.run { KafkaRouteProducer.obstacle(configuration, logger: logger) }
    }

    /// Carries as a member of the route's group, in transactions that hold the group's positions too: who was put out
    /// of the group cannot commit. See ``EventLogRouting/route(_:_:)``.
    ///
    /// Headers, value, timestamp and key are those of the record as it lies; an event without a record key gets its
    /// ``OrderingKey``. The partition is chosen by the key as Kafka's Java producer does. Takes a thread and two
    /// clients of librdkafka for as long as it runs.
    /// - Throws: ``EventLogError`` where the group cannot be joined or its positions cannot be read; `closed`.
    public func route(_ route: LogRoute, _ listener: any LogRouteListener) async throws(EventLogError) {
        let group = self.name(of: route.group)
        let id = self.transactionalID(of: group)
        let (configuration, logger) = (self.configuration, self.logger)
        try await KafkaRouteThread().run { () throws(EventLogError) in
            try KafkaRoute(
                configuration, route, group: group, transactionalID: id, listener: listener,
                logger: logger)
        }
    }
}

extension KafkaEventLog {
    /// The name under which a route's producer works: `PREFIX.route.TENANT/ID/GENERATION.INSTANCE`. Where this replica
    /// has a name that stays the same over restarts, a restart ends at once what was left open.
    func transactionalID(of group: String) -> String {
        let prefix = self.configuration.prefix
        let own = "\(prefix).subscription."
        let subscription = group.hasPrefix(own) ? String(group.dropFirst(own.count)) : group
        let instance = self.configuration.instanceID ?? String(UInt64.random(in: 0...(.max)), radix: 36)
        return "\(prefix).route.\(subscription).\(instance)"
    }
}

/// The thread of one route.
private final class KafkaRouteThread: Sendable {
    private struct State {
        var route: KafkaRoute?
        var isCancelled = false
    }

    private let state = Mutex(State())

    /// Makes a route and runs it until it ends, or until the task is cancelled.
    func run(_ make: @escaping @Sendable () throws(EventLogError) -> KafkaRoute) async throws(EventLogError) {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        let result: Result<Void, EventLogError>
        do {
            result = try await withTaskCancellationHandler {
                try await pool.runIfActive { self.carry(make) }
            } onCancel: {
                self.state.withLock { state in
                    state.isCancelled = true
                    return state.route
                }?.stop()
            }
        } catch is CancellationError {
            // It was cancelled before the thread had begun.
            result = .success(())
        } catch { result = .failure(EventLogError(.closed, "the route was ended")) }
        try? await pool.shutdownGracefully()
        try result.get()
    }

    private func carry(_ make: () throws(EventLogError) -> KafkaRoute) -> Result<Void, EventLogError> {
        do throws(EventLogError) {
            let route = try make()
            let isCancelled = self.state.withLock { state in
                state.route = route
                return state.isCancelled
            }
            if isCancelled { route.stop() }
            defer { self.state.withLock { $0.route = nil } }
            return .success(try route.run())
        } catch { return .failure(error) }
    }
}
