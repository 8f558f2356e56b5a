import EventLog
import NIOCore
import ServiceLifecycle
import Synchronization

/// Gathers what many connections want appended, and appends it together: one call of the log, and one hop back to each
/// event loop, for all requests that came during the append before.
///
/// Where the log does not append all or nothing, each request is a lot of its own: what befalls one must not be told to
/// the others, whose records may be there. Then some such appends are under way at the same time, each request is
/// answered when its own records are there, and an append that takes long leaves its place to the next: what waits for
/// one partition holds up nobody else.
///
/// A lone producer waits for nobody. Bounded: what does not fit is `overloaded` at once. To run before the server
/// serves and to be stopped after it: once stopped it takes nothing, and what was taken is appended.
public final class EventIntakeQueue: Service {
    /// What becomes of one request's records.
    public typealias Completion = @Sendable (Result<[Position], EventLogError>) -> Void

    private struct Entry: Sendable {
        let records: [ProducerRecord]
        let eventLoop: any EventLoop
        let completion: Completion
    }

    private struct State {
        var entries: [Entry] = []
        var records = 0
        /// Places that are taken by appends of lots.
        var appends = 0
        var isClosed = false
        var waiting: CheckedContinuation<Void, Never>?

        var isReady: Bool {
            self.entries.isEmpty ? self.isClosed : self.appends < EventIntakeQueue.appendsMax
        }
    }

    /// Places for appends of lots: who comes while all are taken waits, and shares the next one. More of them make
    /// smaller batches, and a request to the brokers costs more than what is in it.
    private static let appendsMax = 2
    /// How long an append of lots has its place to itself: several times what brokers take that are well.
    private static let placeTime = TimeAmount.milliseconds(20)
    private let writer: any EventLogWriter
    private let recordsMax: Int
    private let state = Mutex(State())

    /// - Parameter recordsMax: records that wait here at most, `1...10_000_000`.
    public init(writer: any EventLogWriter, recordsMax: Int = 100_000) {
        self.writer = writer
        self.recordsMax = recordsMax
    }

    /// Whether the records of one request are there together or not at all.
    public var appendsAtomically: Bool { self.writer.appendsAtomically }

    /// Records that wait for their append, or, where it is not all or nothing, for its end.
    public var waitingRecords: Int { self.state.withLock { $0.records } }

    /// Takes the records of one request. `completion` is called once, on `eventLoop`, when they are durable or refused;
    /// records of one call are appended in one piece, all or none where the log can.
    public func append(_ records: [ProducerRecord], on eventLoop: any EventLoop, _ completion: @escaping Completion) {
        let (refusal, waiting) = self.state.withLock {
            state -> (EventLogError?, CheckedContinuation<Void, Never>?) in
            if state.isClosed { return (EventLogError(.closed, "the router is shutting down"), nil) }
            guard state.records == 0 || state.records + records.count <= self.recordsMax else {
                return (EventLogError(.overloaded, "\(state.records) records wait for the log: come again later"), nil)
            }
            state.entries.append(Entry(records: records, eventLoop: eventLoop, completion: completion))
            state.records += records.count
            return (nil, Self.wakes(&state))
        }
        if let refusal { completion(.failure(refusal)) }
        waiting?.resume()
    }

    /// Appends until it is told to stop and nothing is left.
    public func run() async throws {
        await withGracefulShutdownHandler {
            await withTaskCancellationHandler {
                if self.writer.appendsAtomically {
                    while let entries = await self.next() { await self.append(entries) }
                } else {
                    await self.appendLots()
                }
            } onCancel: {
                self.close()
            }
        } onGracefulShutdown: {
            self.close()
        }
    }

    private func close() {
        let waiting = self.state.withLock { state in
            state.isClosed = true
            return Self.wakes(&state)
        }
        waiting?.resume()
    }

    /// Who has to be woken, where there is something to do for it.
    private static func wakes(_ state: inout State) -> CheckedContinuation<Void, Never>? {
        guard state.isReady else { return nil }
        defer { state.waiting = nil }
        return state.waiting
    }

    /// Everything that waits, as soon as there is a place for it; nil once the queue is closed and empty.
    private func next() async -> [Entry]? {
        while true {
            let (entries, isClosed) = self.state.withLock { state -> ([Entry], Bool) in
                guard state.isReady else { return ([], false) }
                defer { state.entries = [] }
                // Lots count until they have ended: however many appends are under way, memory stays bounded.
                if self.writer.appendsAtomically { state.records = 0 }
                return (state.entries, state.isClosed)
            }
            if !entries.isEmpty { return entries }
            if isClosed { return nil }
            await withCheckedContinuation { continuation in
                let isReady = self.state.withLock { state in
                    if !state.isReady { state.waiting = continuation }
                    return state.isReady
                }
                if isReady { continuation.resume() }
            }
        }
    }

    /// Returns when everything that was taken is appended or refused.
    private func appendLots() async {
        await withDiscardingTaskGroup { group in
            while let entries = await self.next() {
                self.state.withLock { $0.appends += 1 }
                group.addTask { await self.appendEach(entries) }
            }
        }
    }

    private func appendEach(_ entries: [Entry]) async {
        let place = Place(self)
        let timer = entries[0].eventLoop.scheduleTask(in: Self.placeTime) { place.leave() }
        await self.writer.appendEach(entries.map(\.records)) { outcomes in
            let records = outcomes.reduce(0) { $0 + entries[$1.index].records.count }
            self.state.withLock { $0.records -= records }
            self.complete(outcomes.map { (entries[$0.index], $0.result) })
        }
        timer.cancel()
        place.leave()
    }

    /// What an append of lots takes when it begins, and gives back once.
    private final class Place: Sendable {
        private let queue: EventIntakeQueue
        private let isTaken = Mutex(true)

        private static func taken(_ isTaken: inout Bool) -> Bool {
            defer { isTaken = false }
            return isTaken
        }

        init(_ queue: EventIntakeQueue) { self.queue = queue }

        func leave() {
            guard self.isTaken.withLock({ Self.taken(&$0) }) else { return }
            let waiting = self.queue.state.withLock { state in
                state.appends -= 1
                return EventIntakeQueue.wakes(&state)
            }
            waiting?.resume()
        }
    }

    private func append(_ entries: consuming [Entry]) async {
        var entries = entries
        while !entries.isEmpty { entries = await self.appendOnce(entries) }
    }

    /// Appends all of it. Gives back what is to be tried again, without the one that is too large for the log.
    private func appendOnce(_ entries: [Entry]) async -> [Entry] {
        var records: [ProducerRecord] = []
        records.reserveCapacity(entries.reduce(0) { $0 + $1.records.count })
        for entry in entries { records += entry.records }
        do throws(EventLogError) {
            let positions = try await self.writer.append(records)
            var first = 0
            self.complete(
                entries.map { entry in
                    defer { first += entry.records.count }
                    return (entry, .success(Array(positions[first..<(first + entry.records.count)])))
                })
        } catch {
            guard entries.count > 1, error.code == .tooLarge else {
                self.complete(entries.map { ($0, .failure(error)) })
                return []
            }
            if let index = error.excess?.recordIndex, let fault = Self.owner(of: index, among: entries) {
                var own = error
                own.excess?.recordIndex = fault.recordIndex
                self.complete([(entries[fault.entry], .failure(own))])
                var others = entries
                others.remove(at: fault.entry)
                return others
            }
            // Together they are too much, or one of them is: each is tried by itself.
            for entry in entries { _ = await self.appendOnce([entry]) }
        }
        return []
    }

    /// Whose record it is, and which of that request's.
    private static func owner(of index: Int, among entries: [Entry]) -> (entry: Int, recordIndex: Int)? {
        var first = 0
        for (number, entry) in entries.enumerated() {
            if index < first + entry.records.count { return (number, index - first) }
            first += entry.records.count
        }
        return nil
    }

    /// Tells each event loop once of all that is done for it.
    private func complete(_ outcomes: [(entry: Entry, result: Result<[Position], EventLogError>)]) {
        let byLoop = Dictionary(grouping: outcomes) { ObjectIdentifier($0.entry.eventLoop) }
        for outcomes in byLoop.values {
            outcomes[0].entry.eventLoop.execute {
                for (entry, result) in outcomes { entry.completion(result) }
            }
        }
    }
}
