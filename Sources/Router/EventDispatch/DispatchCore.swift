import Delivery
import EventLog
import Subscriptions
import Synchronization

/// The delivery machine, the index in force, and what is known of the log's ends, behind one lock.
///
/// Every call makes one step of the machine and hands what the machine wants done to the loop that does it. The stream
/// between the two is bounded by the machine's own limits: attempts, reads and dead-letter writes in flight.
final class DispatchCore: Sendable {
    struct State {
        var machine: DeliveryStateMachine
        var index = SubscriptionIndex()
        /// Changes with every change of the index: a match made with an older one is made again.
        var version: UInt64 = 0
        /// By slot; replays too.
        var compiled: [Int: CompiledSubscription] = [:]
        var ends: [TopicPartition: Offset] = [:]

        /// Whether a partition is still this process's as it was when its tail began to be read.
        func isCurrent(_ tail: TailAssignment) -> Bool {
            self.machine.assignment(of: tail.topicPartition) == tail.number
        }
    }

    private let state: Mutex<State>
    let effects: AsyncStream<[DeliveryEffect]>
    private let continuation: AsyncStream<[DeliveryEffect]>.Continuation

    init(limits: DeliveryLimits) {
        let machine = DeliveryStateMachine(limits: limits, seed: .random(in: .min ... .max))
        self.state = Mutex(State(machine: machine))
        (self.effects, self.continuation) = AsyncStream.makeStream(of: [DeliveryEffect].self)
    }

    /// One step; its effects go to the loop.
    func step<R: Sendable>(_ body: (inout State, _ now: Int64) -> R) -> R {
        let now = DispatchClock.monotonicMilliseconds
        let (result, effects) = self.state.withLock { state in
            let result = body(&state, now)
            return (result, state.machine.takeEffects())
        }
        if !effects.isEmpty { self.continuation.yield(effects) }
        return result
    }

    /// A step whose effects the caller carries out itself.
    func stepTakingEffects(_ body: (inout State, _ now: Int64) -> Void) -> [DeliveryEffect] {
        let now = DispatchClock.monotonicMilliseconds
        return self.state.withLock { state in
            body(&state, now)
            return state.machine.takeEffects()
        }
    }

    func hand(over effects: [DeliveryEffect]) {
        if !effects.isEmpty { self.continuation.yield(effects) }
    }

    /// A look without a step.
    func look<R: Sendable>(_ body: (borrowing State) -> R) -> R {
        self.state.withLock { body($0) }
    }

    func finish() { self.continuation.finish() }
}
