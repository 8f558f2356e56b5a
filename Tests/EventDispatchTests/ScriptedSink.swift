import CloudEvents
import Delivery
import EventLog
import Subscriptions
import Synchronization

/// A sink that answers as it is told, and remembers every event that it got.
final class ScriptedSink: EventSink {
    struct Delivery: Sendable, Hashable {
        var subscription: String
        var event: String
        var source: String
        var sink: String
        var replay: String?
        var topic: Topic
        /// Secrets that it was to be signed with.
        var signatures = 0
    }

    private struct State {
        var deliveries: [Delivery] = []
        var answer: @Sendable (Delivery) -> AttemptReport.Meaning = { _ in .delivered }
        var isShut: @Sendable (Delivery) -> Bool = { _ in false }
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Everything so far, in the order in which it came.
    var deliveries: [Delivery] { self.state.withLock { $0.deliveries } }
    var replayed: [Delivery] { self.deliveries.filter { $0.replay != nil } }

    func answer(_ answer: @escaping @Sendable (Delivery) -> AttemptReport.Meaning) {
        self.state.withLock { $0.answer = answer }
    }

    func answer(_ meaning: AttemptReport.Meaning) { self.answer { _ in meaning } }

    /// Lets attempts wait for their answers until ``open()``.
    func shut(_ isShut: @escaping @Sendable (Delivery) -> Bool) { self.state.withLock { $0.isShut = isShut } }

    func open() {
        let waiting = self.state.withLock { state in
            state.isShut = { _ in false }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func send(_ attempt: DeliveryAttempt) async -> AttemptReport {
        let got = attempt.elements.map { element in
            Delivery(
                subscription: attempt.subscription.name, event: element.event.id, source: element.event.source,
                sink: attempt.destination.sink, replay: attempt.replayID ?? element.event.attributes["replayid"],
                topic: element.position.topic, signatures: attempt.destination.trust.signing.count)
        }
        let meaning = self.state.withLock { state in
            state.deliveries += got
            return state.answer(got[0])
        }
        await withCheckedContinuation { continuation in
            let isOpen = self.state.withLock { state in
                guard state.isShut(got[0]) else { return true }
                state.waiting.append(continuation)
                return false
            }
            if isOpen { continuation.resume() }
        }
        let status: Int? =
            switch meaning {
            case .delivered: 200
            case .rejected: 400
            case .gone: 410
            case .retry: 503
            }
        return AttemptReport(
            meaning: meaning, status: status, error: status == 200 ? nil : "status", durationMilliseconds: 0)
    }
}
