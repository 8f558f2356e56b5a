import CloudEvents
import Delivery
import Transforms

/// A sink in front of another one, which gets events as their subscription's transform makes them. Positions, ordering
/// and what is kept of events that are given up are those of the events as they came.
///
/// Where a transform cannot be applied, the attempt is rejected with the step that failed, and the destination is not
/// told: trying again would give the same. Of a batch, the others are then sent one by one.
public struct TransformSink: EventSink {
    private let sink: any EventSink
    private let limits: CloudEventLimits

    /// - Parameters:
    ///   - sink: what sends.
    ///   - limits: of the events that come of transforms.
    public init(_ sink: any EventSink, limits: CloudEventLimits) {
        self.sink = sink
        self.limits = limits
    }

    /// Changes the events, then sends.
    public func send(_ attempt: DeliveryAttempt) async -> AttemptReport {
        guard let transform = attempt.destination.transform else { return await self.sink.send(attempt) }
        var changed = attempt
        do throws(TransformFault) {
            for index in changed.elements.indices {
                // What one event takes is bounded; a batch of them must not keep others from the thread for so long.
                if index > changed.elements.startIndex { await Task.yield() }
                changed.elements[index].event = try transform.applied(
                    to: changed.elements[index].event, limits: self.limits)
            }
        } catch {
            var report = AttemptReport(
                meaning: .rejected, status: nil, error: "transform: \(error)", durationNanoseconds: 0)
            report.rejectionReason = .transformFailed
            report.reachedDestination = false
            return report
        }
        return await self.sink.send(changed)
    }
}
