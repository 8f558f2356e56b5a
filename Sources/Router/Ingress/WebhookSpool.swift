import EventLog
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import Webhooks

/// Keeps webhooks on a local disk that the log does not take for now, and brings them into it when it does: does what
/// ``SpoolMachine`` says.
///
/// To run before the server serves and to be stopped after it: once stopped nothing goes out any more, and what is on
/// the disk waits for the next start.
public final class WebhookSpool: Service {
    /// A delivery that is in the log and still on the disk.
    struct Done: Sendable {
        var marker: DeliveryMarker
        /// Whether the log has the marker as well.
        var isWritten: Bool
    }

    struct State {
        var machine: SpoolMachine
        var done: [Int64: Done] = [:]
        var waiting: CheckedContinuation<Void, Never>?
        var isDirty = false
        var isStopped = false
        var toldAt: Int64 = 0
    }

    /// How often the logger hears of it at most, in milliseconds.
    private static let tellingInterval: Int64 = 10_000
    let store: any SpoolStore
    let writer: any EventLogWriter
    let deliveries: WebhookDeliveries
    let deliveryTopic: Topic
    private let patience: AppendPatience?
    let logger: Logger
    let clock: @Sendable () -> Timestamp
    /// Milliseconds for pauses, whatever is done to the time of day.
    let pauseClock: @Sendable () -> Int64
    let eventLoop: any EventLoop
    let state: Mutex<State>
    /// Whether anything is on the disk: asked for every webhook.
    private let isUsed = Atomic(false)

    /// - Parameters:
    ///   - store: the disk.
    ///   - writer: the log, behind what parks large data.
    ///   - deliveries: knows which are in the log.
    ///   - deliveryTopic: where accepted deliveries are remembered.
    ///   - takesMore: false: only what is there already is brought into the log.
    ///   - eventLoop: has the timers.
    public init(
        limits: SpoolLimits, store: any SpoolStore, writer: any EventLogWriter, deliveries: WebhookDeliveries,
        deliveryTopic: Topic, takesMore: Bool = true, eventLoop: any EventLoop, logger: Logger,
        clock: @escaping @Sendable () -> Timestamp = EventRoutes.wallClock,
        pauseClock: @escaping @Sendable () -> Int64 = {
            Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000)
        }
    ) {
        self.store = store
        self.writer = writer
        self.deliveries = deliveries
        self.deliveryTopic = deliveryTopic
        var limits = limits
        if !takesMore { limits.deliveriesMax = 0 }
        self.patience = takesMore ? AppendPatience(.milliseconds(limits.patience), on: eventLoop) : nil
        self.eventLoop = eventLoop
        self.logger = logger
        self.clock = clock
        self.pauseClock = pauseClock
        self.state = Mutex(State(machine: SpoolMachine(limits: limits, isAtomic: writer.appendsAtomically)))
    }

    /// Takes up what the disk has. After what the log remembers of deliveries is known: what is in the log already is
    /// not appended again.
    /// - Throws: `EventLogError` where the disk cannot be read.
    public func load() throws {
        let now = self.clock().milliseconds
        var unreadable = 0
        let content = try self.store.load { number, bytes in
            let delivery = SpooledDelivery(bytes)
            if delivery == nil { unreadable += 1 }
            if let delivery, let marker = delivery.marker {
                self.deliveries.restore(marker, arrival: delivery.arrival.milliseconds, now: now)
            }
            self.state.withLock {
                $0.machine.restore(
                    number, keys: delivery?.orderingKeys ?? [], bytes: bytes.readableBytes,
                    arrival: delivery?.arrival.milliseconds ?? now)
            }
        }
        if let damage = content.damage { self.logger.error("\(damage)") }
        if content.damaged + unreadable > 0 {
            self.logger.error(
                "webhooks on the disk are damaged and lie aside",
                metadata: ["count": "\(content.damaged + unreadable)"])
        }
        let waiting = self.change { state in
            state.machine.restoreAside(content.setAside, bytes: content.setAsideBytes)
            return state.machine.figures.deliveries
        }
        if waiting > 0 {
            self.logger.info("webhooks wait on the disk for the log", metadata: ["count": "\(waiting)"])
        }
    }

    /// What is on the disk, and what was done.
    public var figures: SpoolFigures { self.state.withLock { $0.machine.figures } }

    // MARK: Coming in

    /// Begins an append to the log whose caller shall not wait for long.
    func begin(_ body: (_ completion: @escaping EventIntakeQueue.Completion) -> Void) -> DirectAppend {
        let append = DirectAppend()
        self.patience?.watch(append)
        body { append.ended($0) }
        return append
    }

    /// Keeps a delivery that may not go straight into the log, because others wait.
    /// - Returns: whether it is durably on the disk; false: it is to go straight.
    /// - Throws: `unavailable` where it may not, and cannot be kept.
    func keepWhereOthersWait(_ delivery: SpooledDelivery) async throws(EventLogError) -> Bool {
        guard self.isUsed.load(ordering: .acquiring) else { return false }
        let (keys, bytes, arrival) = (delivery.orderingKeys, delivery.bytes, delivery.arrival.milliseconds)
        let way = self.change { $0.machine.arrive(keys: keys, bytes: bytes.readableBytes, arrival: arrival) }
        switch way {
        case .direct: return false
        case .disk(let number): if await self.keep(number, bytes, delivery) { return true }
        case .refused: break
        }
        throw EventLogError(.unavailable, "earlier webhooks wait for the log, and the spool does not take more")
    }

    /// Keeps a delivery that the log did not take, or has not taken yet.
    /// - Parameter append: what is still under way of it.
    /// - Returns: whether it is durably on the disk.
    func keep(
        _ delivery: SpooledDelivery, after append: DirectAppend? = nil, because error: EventLogError?
    ) async -> Bool {
        let (keys, bytes) = (delivery.orderingKeys, delivery.bytes)
        let now = self.pauseClock()
        let way = self.change { state in
            state.machine.takeUp(
                keys: keys, bytes: bytes.readableBytes, arrival: delivery.arrival.milliseconds,
                isUnderWay: append != nil, now: now, jitter: Self.jitter)
        }
        guard case .disk(let number) = way else { return false }
        self.tell(now) { logger in
            logger.warning(
                "the log does not take webhooks now: they are kept on the disk",
                metadata: ["reason": "\(error?.message ?? "an append takes long")"])
        }
        append?.whenEnded { self.earlyEnded(number, $0, delivery.marker) }
        return await self.keep(number, bytes, delivery)
    }

    private func keep(_ number: Int64, _ bytes: ByteBuffer, _ delivery: SpooledDelivery) async -> Bool {
        do throws(EventLogError) {
            try await self.store.append(number, bytes)
        } catch {
            let isFatal = error.code == .unavailable || error.code == .corruptRecord
            self.change { state in
                state.machine.notStored(number, isFatal: isFatal)
                state.done[number] = nil
            }
            self.tell(self.pauseClock()) {
                $0.error("a webhook could not be kept on the disk: \(error.message)")
            }
            return false
        }
        // Known before it can leave the disk again.
        if let marker = delivery.marker {
            self.deliveries.settleSpooled(
                marker, arrival: delivery.arrival.milliseconds, now: self.clock().milliseconds)
        }
        self.change { $0.machine.stored(number) }
        return true
    }

    private func earlyEnded(
        _ number: Int64, _ result: Result<[Position], EventLogError>, _ marker: DeliveryMarker?
    ) {
        let now = self.pauseClock()
        var isAppended = false
        if case .success = result { isAppended = true }
        self.change { [isAppended] state in
            if isAppended, let marker, state.machine.holds(number) {
                state.done[number] = Done(marker: marker, isWritten: self.writer.appendsAtomically)
            }
            state.machine.earlyEnded(number, isAppended: isAppended, now: now, jitter: Self.jitter)
        }
    }

    // MARK: Both ways

    static var jitter: Double { Double.random(in: 0..<1) }

    /// Changes the machine, and lets ``run()`` look at it.
    @discardableResult
    func change<R>(_ body: (inout State) -> R) -> R {
        let (result, waiting) = self.state.withLock { state in
            let result = body(&state)
            self.isUsed.store(!state.machine.isEmpty, ordering: .releasing)
            state.isDirty = true
            defer { state.waiting = nil }
            return (result, state.waiting)
        }
        waiting?.resume()
        return result
    }

    /// Tells people, but not all the time.
    func tell(_ now: Int64, _ body: (Logger) -> Void) {
        let mayTell = self.state.withLock { state in
            guard state.toldAt + Self.tellingInterval <= now else { return false }
            state.toldAt = now
            return true
        }
        if mayTell { body(self.logger) }
    }
}
