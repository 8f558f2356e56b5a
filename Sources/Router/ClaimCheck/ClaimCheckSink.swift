import CloudEvents
import Delivery
import EventLog
import NIOCore
import Subscriptions

/// A sink in front of another one, which gets events as they were produced: parked data are fetched first.
///
/// Where they cannot be had now, the attempt is a retry; where they are gone, or are not what was parked, it is
/// rejected. The destination is not told, and nothing of it counts against it. A batch whose data are more than fits is
/// rejected as well: its events are then tried one by one.
public struct ClaimCheckSink: EventSink {
    /// Objects of one batch that are fetched at the same time.
    private static let fetchesMax = 4

    private let sink: any EventSink
    private let reader: ParkedDataReader

    /// - Parameters:
    ///   - sink: what sends.
    ///   - reader: what fetches.
    public init(_ sink: any EventSink, reader: ParkedDataReader) {
        self.sink = sink
        self.reader = reader
    }

    /// Fetches what is parked, then sends. Fetching has its own time limits, those of the store; the destination's
    /// begins behind it. The report's duration covers both.
    public func send(_ attempt: DeliveryAttempt) async -> AttemptReport {
        guard attempt.elements.contains(where: { $0.event.parkedData != nil }) else {
            return await self.sink.send(attempt)
        }
        let start = NIODeadline.now()
        func unsent(_ meaning: AttemptReport.Meaning, _ error: String) -> AttemptReport {
            var report = AttemptReport(
                meaning: meaning, status: nil, error: error,
                durationNanoseconds: (NIODeadline.now() - start).nanoseconds)
            report.reachedDestination = false
            return report
        }
        let bytes = attempt.elements.reduce(0) { $0 + ($1.event.parkedData?.length ?? 0) }
        if attempt.elements.count > 1, bytes > self.reader.batchBytesMax {
            return unsent(
                .rejected, "the batch's parked data are \(bytes) bytes, more than are fetched together: one by one")
        }
        guard let pass = await self.reader.enter(bytes: bytes, tenant: attempt.subscription.tenant) else {
            return unsent(.retry(afterMilliseconds: nil), "cancelled")
        }
        var resolved = attempt
        do throws(ParkedDataFault) {
            resolved.elements = try await self.resolve(attempt.elements)
        } catch {
            return unsent(error.isTemporary ? .retry(afterMilliseconds: nil) : .rejected, error.message)
        }
        let fetched = NIODeadline.now()
        var report = await self.sink.send(resolved)
        report.durationNanoseconds += (fetched - start).nanoseconds
        withExtendedLifetime(pass) {}
        return report
    }

    private func resolve(
        _ elements: [DeliveryAttempt.Element]
    ) async throws(ParkedDataFault) -> [DeliveryAttempt.Element] {
        let reader = self.reader
        let parked = elements.indices.filter { elements[$0].event.parkedData != nil }
        let outcome = await withTaskGroup(
            of: Fetched.self,
            returning: Result<[DeliveryAttempt.Element], ParkedDataFault>.self
        ) { group in
            var resolved = elements
            var next = parked.startIndex
            func fetchNext() {
                guard next < parked.endIndex else { return }
                let (index, event) = (parked[next], elements[parked[next]].event)
                next += 1
                group.addTask { Fetched(index: index, result: await reader.result(of: event)) }
            }
            for _ in 0..<Self.fetchesMax { fetchNext() }
            while let fetched = await group.next() {
                switch fetched.result {
                case .success(let event): resolved[fetched.index].event = event
                case .failure(let fault):
                    group.cancelAll()
                    return .failure(fault)
                }
                fetchNext()
            }
            return .success(resolved)
        }
        return try outcome.get()
    }
}

/// What came of one event of a batch.
private struct Fetched: Sendable {
    var index: Int
    var result: Result<CloudEvent, ParkedDataFault>
}
