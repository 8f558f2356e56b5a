import CloudEvents
import EventLog
import Subscriptions
import Synchronization

/// One subscription to a topic that the log routes by itself, as long as this process takes part in it.
final class RouteRunner: LogRouteListener {
    /// How it does.
    struct Standing: Sendable {
        /// The last failure since the last success.
        var lastError: String?
        /// Offsets that retention took before they were read.
        var lostOffsets: Int64 = 0
        /// Since this process takes part.
        var read: Int64 = 0
        var carried: Int64 = 0
        var invalid: Int64 = 0
    }

    private struct State {
        var selection: LogRouteSelection
        var standing = Standing()
    }

    let route: LogRoute
    private let stops: AsyncStream<Void>
    private let stopping: AsyncStream<Void>.Continuation
    private let state: Mutex<State>
    private let observer: any DispatchObserver
    private let onFailure: @Sendable (EventLogError) -> Void
    private let onLoss: @Sendable (TopicPartition, _ from: Offset, _ to: Offset) -> Void

    /// - Parameter onFailure: called for the first failure since the last success.
    init(
        _ route: LogRoute, _ compiled: CompiledSubscription, observer: any DispatchObserver,
        onFailure: @escaping @Sendable (EventLogError) -> Void,
        onLoss: @escaping @Sendable (TopicPartition, _ from: Offset, _ to: Offset) -> Void
    ) {
        self.route = route
        self.state = Mutex(State(selection: Self.selection(of: compiled)))
        self.observer = observer
        self.onFailure = onFailure
        self.onLoss = onLoss
        (self.stops, self.stopping) = AsyncStream.makeStream(of: Void.self)
    }

    var standing: Standing { self.state.withLock { $0.standing } }

    /// Takes effect for what is read from now on.
    /// - Parameter compiled: nil where the subscription is gone: then nothing more is carried for it.
    func select(with compiled: CompiledSubscription?) {
        self.state.withLock { $0.selection = Self.selection(of: compiled) }
    }

    private static func selection(of compiled: CompiledSubscription?) -> LogRouteSelection {
        guard let compiled else { return LogRouteSelection(conditions: [], isWanted: { _ in false }) }
        let conditions = compiled.exactConditions.map { condition in
            LogRouteSelection.Condition(attribute: condition.attribute, values: condition.values)
        }
        guard compiled.hasFilters else { return LogRouteSelection(conditions: conditions) }
        return LogRouteSelection(conditions: conditions, isWanted: { compiled.matches($0) })
    }

    /// Lets ``untilStopped()`` return.
    func stop() { self.stopping.finish() }

    /// Returns after ``stop()``, or where the task is cancelled.
    func untilStopped() async { for await _ in self.stops {} }

    var selection: LogRouteSelection { self.state.withLock { $0.selection } }

    func carried(read: Int, carried: Int, invalid: Int) {
        self.state.withLock { state in
            state.standing.lastError = nil
            state.standing.read += Int64(read)
            state.standing.carried += Int64(carried)
            state.standing.invalid += Int64(invalid)
        }
        self.observer.routed(read: read, carried: carried)
    }

    func failed(_ error: EventLogError) {
        let isFirst = self.state.withLock { state in
            defer { state.standing.lastError = error.message }
            return state.standing.lastError == nil
        }
        self.observer.routeFailed()
        if isFirst { self.onFailure(error) }
    }

    func rangeLost(_ topicPartition: TopicPartition, from: Offset, to: Offset) {
        self.state.withLock { $0.standing.lostOffsets += to.value - from.value }
        self.observer.rangeLost(records: max(0, to.value - from.value))
        self.onLoss(topicPartition, from, to)
    }
}
