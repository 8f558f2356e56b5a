import CloudEvents
import EventDispatch
import Hummingbird
import NIOCore
import Synchronization

/// Drives one event stream: pulls a batch of events, writes it, and only then pulls the next one.
///
/// Between the source and the client there is at most one batch: the pump waits for demand, and demand comes when the
/// batch before was written, which the client's TCP window holds up. A heartbeat is a comment line and
/// the last cursor in a silence.
final class EventStreamFeed: Sendable {
    /// What the writer is told; at most one of each kind waits.
    private enum Signal: Sendable {
        case events([StreamedEvent])
        case heartbeat
        case failed(String)
    }

    private struct State {
        var isWriting = false
        var lastWrite: ContinuousClock.Instant
        var isHeartbeatWaiting = false
    }

    /// The client did not take the last write in time.
    private struct ClientStalled: Error {}

    /// Carries the writer into the one child task that uses it; the parent touches it only after that task has ended.
    // @unchecked: exclusive use by one task at a time is what protects it, as said above.
    private struct WriterTransfer: @unchecked Sendable {
        var writer: any ResponseBodyWriter
    }

    private let configuration: RouterAPIConfiguration
    private let isStillAllowed: @Sendable () -> Bool
    private let clock = ContinuousClock()
    private let signals: AsyncStream<Signal>
    private let signalContinuation: AsyncStream<Signal>.Continuation
    private let demand: AsyncStream<Void>
    private let demandContinuation: AsyncStream<Void>.Continuation
    private let ended: AsyncStream<Void>
    private let endedContinuation: AsyncStream<Void>.Continuation
    private let state: Mutex<State>

    /// - Parameter isStillAllowed: asked now and then; the stream ends where it is not.
    init(configuration: RouterAPIConfiguration, isStillAllowed: @escaping @Sendable () -> Bool = { true }) {
        self.configuration = configuration
        self.isStillAllowed = isStillAllowed
        (self.signals, self.signalContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(4))
        (self.demand, self.demandContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (self.ended, self.endedContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.state = Mutex(State(lastWrite: self.clock.now))
    }

    /// Ends the stream: what is being written is finished, nothing more is pulled. May be called from anywhere, often.
    func end() {
        self.demandContinuation.finish()
        self.signalContinuation.finish()
        self.endedContinuation.finish()
    }

    /// Writes until the source ends or ``end()`` is called; does not finish the body.
    ///
    /// A client that does not read is the server's to cut off; only the end is limited here.
    /// - Throws: what the writer throws, or where the last write takes longer than the end may.
    func run(
        _ source: AsyncThrowingStream<[StreamedEvent], any Error>, to writer: inout any ResponseBodyWriter
    ) async throws {
        let transfer = WriterTransfer(writer: writer)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await self.write(to: transfer)
                return true
            }
            group.addTask {
                await self.pump(source)
                return false
            }
            group.addTask {
                try await self.watch()
                return false
            }
            group.addTask {
                try await self.limitEnding()
                return false
            }
            group.addTask {
                try await self.watchCredential()
                return false
            }
            defer { group.cancelAll() }
            while let isWritten = try await group.next(), !isWritten {}
        }
    }

    private func write(to transfer: WriterTransfer) async throws {
        var writer = transfer.writer
        var buffer = ByteBuffer()
        var cursor: String?
        ServerSentEvent.writeRetry(milliseconds: self.configuration.streamRetryMilliseconds, into: &buffer)
        try await self.flush(&buffer, to: &writer)
        self.demandContinuation.yield()
        for await signal in self.signals {
            switch signal {
            case .events(let events):
                cursor = events.last?.cursor ?? cursor
                for event in events {
                    ServerSentEvent.write(event, into: &buffer)
                    if buffer.readableBytes >= self.configuration.streamWriteBytesMax {
                        try await self.flush(&buffer, to: &writer)
                    }
                }
                try await self.flush(&buffer, to: &writer)
                self.demandContinuation.yield()
            case .heartbeat:
                ServerSentEvent.writeComment("", into: &buffer)
                if let cursor { ServerSentEvent.writeCursor(cursor, into: &buffer) }
                try await self.flush(&buffer, to: &writer)
                self.state.withLock { $0.isHeartbeatWaiting = false }
            case .failed(let reason):
                ServerSentEvent.writeComment(reason, into: &buffer)
                try await self.flush(&buffer, to: &writer)
            }
        }
    }

    private func flush(_ buffer: inout ByteBuffer, to writer: inout any ResponseBodyWriter) async throws {
        guard buffer.readableBytes > 0 else { return }
        self.state.withLock { $0.isWriting = true }
        try await writer.write(buffer)
        self.state.withLock { state in
            state.isWriting = false
            state.lastWrite = self.clock.now
        }
        buffer.clear()
    }

    /// Pulls one batch for each demand. A source that fails ends the stream: the client resumes from its last cursor.
    private func pump(_ source: AsyncThrowingStream<[StreamedEvent], any Error>) async {
        var events = source.makeAsyncIterator()
        do {
            for await _ in self.demand {
                guard let batch = try await events.next() else { break }
                self.signalContinuation.yield(.events(batch))
            }
        } catch let error as ServiceError {
            self.signalContinuation.yield(.failed(error.message))
        } catch {
            self.signalContinuation.yield(.failed("The stream ended: come again with the last id."))
        }
        self.end()
    }

    /// Asks for a heartbeat after each silence.
    private func watch() async throws {
        let interval = self.configuration.streamHeartbeatInterval
        while true {
            let lastActivity = self.state.withLock { $0.isWriting || $0.isHeartbeatWaiting ? nil : $0.lastWrite }
            try await Task.sleep(until: (lastActivity ?? self.clock.now).advanced(by: interval), clock: self.clock)
            let isDue = self.state.withLock { state in
                guard !state.isWriting, !state.isHeartbeatWaiting,
                    state.lastWrite.duration(to: self.clock.now) >= interval
                else { return false }
                state.isHeartbeatWaiting = true
                return true
            }
            if isDue { self.signalContinuation.yield(.heartbeat) }
        }
    }

    /// Ends the stream of whoever may not read any more.
    private func watchCredential() async throws {
        while self.isStillAllowed() {
            try await Task.sleep(for: self.configuration.streamCredentialInterval, clock: self.clock)
        }
        self.signalContinuation.yield(.failed("The credential is not valid any more."))
        self.end()
    }

    /// Once the stream shall end, gives the last write a limited time.
    private func limitEnding() async throws {
        for await _ in self.ended {}
        try await Task.sleep(for: self.configuration.streamEndMax, clock: self.clock)
        throw ClientStalled()
    }
}
