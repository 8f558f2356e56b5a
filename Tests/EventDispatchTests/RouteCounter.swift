import Delivery
import EventDispatch
import EventLog
import Synchronization

/// Counts what routes carry.
final class RouteCounter: DispatchObserver {
    struct Counts: Equatable {
        var read = 0
        var carried = 0
        var failures = 0
    }

    private let state = Mutex(Counts())

    var counts: Counts { self.state.withLock { $0 } }

    func attempted(_ attempt: DeliveryAttempt, _ report: AttemptReport) {}
    func deadLettered(_ reason: DeadLetterReason) {}
    func deadLetterFailed() {}
    func deadLetterRefused() {}
    func commitFailed() {}
    func invalidRecord(at position: Position) {}
    func invalidRecordsUnkept(_ count: Int) {}
    func fetched(records: Int, isCatchUp: Bool) {}
    func rangeLost(records: Int64) {}

    func routed(read: Int, carried: Int) {
        self.state.withLock { counts in
            counts.read += read
            counts.carried += carried
        }
    }

    func routeFailed() { self.state.withLock { $0.failures += 1 } }
}
