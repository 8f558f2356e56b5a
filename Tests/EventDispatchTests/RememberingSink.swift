import CloudEvents
import Delivery
import NIOCore
import Synchronization

/// Takes everything, and remembers the data.
final class RememberingSink: EventSink {
    private let state = Mutex<[String]>([])

    var data: [String] { self.state.withLock { $0 } }

    func send(_ attempt: DeliveryAttempt) async -> AttemptReport {
        let data = attempt.elements.map { $0.event.data.map { String(buffer: $0) } ?? "" }
        self.state.withLock { $0 += data }
        return AttemptReport(meaning: .delivered, status: 204, error: nil, durationMilliseconds: 0)
    }
}
