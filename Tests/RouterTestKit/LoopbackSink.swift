import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A real HTTP/1.1 server on loopback that answers as a script says and records what it received, in order.
///
/// Requests take their answers from the script (``script(_:)``) in the order in which they came in whole; where the
/// script is empty, from ``setResponder(_:)``, which answers `204` in the beginning. One request at a time per
/// connection: pipelined requests are answered, but not in order where their answers wait.
public final class LoopbackSink: Sendable {
    fileprivate struct State {
        var script: [Answer] = []
        var responder: @Sendable (Request) -> Answer = { _ in .status(204) }
        var requests: [Request] = []
        var nextCursor = 0
        var waiters: [Int: Waiter] = [:]
        var waiterIDs = 0
        var acceptedConnections = 0
        var openConnections: [ObjectIdentifier: any Channel] = [:]
        var inFlight = 0
        var inFlightHighest = 0
        var isStopped = false
    }

    fileprivate struct Waiter {
        var count: Int
        var continuation: CheckedContinuation<Void, any Error>
    }

    /// Why a wait ended without what was waited for.
    public enum WaitError: Error {
        /// ``stop()`` was called.
        case stopped
    }

    /// `127.0.0.1`, or what ``start(host:)`` was given.
    public let host: String
    /// The port that the system chose.
    public let port: Int
    private let server: any Channel
    private let state: Box

    /// The state, apart from the server, so that connections do not keep the server's owner alive.
    final class Box: Sendable {
        private let state = Mutex(State())

        fileprivate func withLock<R: Sendable>(_ body: (inout sending State) -> sending R) -> R {
            self.state.withLock { body(&$0) }
        }
    }

    private init(host: String, server: any Channel, state: Box) {
        self.host = host
        self.port = server.localAddress?.port ?? 0
        self.server = server
        self.state = state
    }

    /// Starts a server on a free port.
    public static func start(host: String = "127.0.0.1") async throws -> LoopbackSink {
        let box = Box()
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 1_024)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = box.accepted(channel)
                    try channel.pipeline.syncOperations.addHandlers([
                        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)),
                        LoopbackSinkHandler(connection: connection, sink: box),
                    ])
                }
            }
            .bind(host: host, port: 0).get()
        return LoopbackSink(host: host, server: server, state: box)
    }

    /// Starts a server, runs `body`, and stops the server whatever comes of it.
    public static func withSink<R: Sendable>(
        host: String = "127.0.0.1", isolation: isolated (any Actor)? = #isolation,
        _ body: (LoopbackSink) async throws -> R
    ) async throws -> R {
        let sink = try await Self.start(host: host)
        do {
            let result = try await body(sink)
            await sink.stop()
            return result
        } catch {
            await sink.stop()
            throw error
        }
    }

    /// `http://host:port`, without a path.
    public var origin: String {
        self.host.contains(":") ? "http://[\(self.host)]:\(self.port)" : "http://\(self.host):\(self.port)"
    }

    /// An absolute URL on this server; `path` begins with a slash and may have a query.
    public func url(_ path: String = "/") -> String { self.origin + path }

    /// Appends answers for the requests to come.
    public func script(_ answers: Answer...) {
        self.state.withLock { $0.script += answers }
    }

    /// Answers the requests that the script has nothing for.
    public func setResponder(_ responder: @escaping @Sendable (Request) -> Answer) {
        self.state.withLock { $0.responder = responder }
    }

    /// Everything received so far, in the order in which the requests came in whole.
    public var requests: [Request] { self.state.withLock { $0.requests } }
    /// How many connections were ever accepted.
    public var acceptedConnections: Int { self.state.withLock { $0.acceptedConnections } }
    /// How many connections are open now.
    public var openConnections: Int { self.state.withLock { $0.openConnections.count } }
    /// The most requests that were ever received and not answered yet at one time.
    public var inFlightHighest: Int { self.state.withLock { $0.inFlightHighest } }

    /// The next request that no call of `next()` has returned yet; waits for it.
    /// - Throws: ``WaitError`` where the sink stops first, `CancellationError` where the task is cancelled.
    public func next() async throws -> Request {
        let index = self.state.withLock { state in
            state.nextCursor += 1
            return state.nextCursor - 1
        }
        try await self.wait(count: index + 1)
        return self.state.withLock { $0.requests[index] }
    }

    /// All requests, as soon as there are at least `count`.
    /// - Throws: ``WaitError`` where the sink stops first, `CancellationError` where the task is cancelled.
    public func received(count: Int) async throws -> [Request] {
        try await self.wait(count: count)
        return self.requests
    }

    /// Closes every connection and the server; waits that are under way throw.
    public func stop() async {
        let (waiters, channels) = self.state.withLock { state in
            state.isStopped = true
            defer { state.waiters = [:] }
            return (state.waiters.values.map { $0.continuation }, Array(state.openConnections.values))
        }
        for waiter in waiters { waiter.resume(throwing: WaitError.stopped) }
        try? await self.server.close()
        for channel in channels { try? await channel.close() }
    }

    private func wait(count: Int) async throws {
        let id = self.state.withLock { state in
            state.waiterIDs += 1
            return state.waiterIDs
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let isCancelled = Task.isCancelled
                let outcome: Result<Void, any Error>? = self.state.withLock { state in
                    if state.requests.count >= count { return .success(()) }
                    if state.isStopped { return .failure(WaitError.stopped) }
                    if isCancelled { return .failure(CancellationError()) }
                    state.waiters[id] = Waiter(count: count, continuation: continuation)
                    return nil
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            let waiter = self.state.withLock { $0.waiters.removeValue(forKey: id)?.continuation }
            waiter?.resume(throwing: CancellationError())
        }
    }
}

// MARK: - What connections tell

extension LoopbackSink.Box {
    /// Counts a connection and returns its number, from 1.
    func accepted(_ channel: any Channel) -> Int {
        let id = ObjectIdentifier(channel)
        channel.closeFuture.whenComplete { _ in
            self.withLock { _ = $0.openConnections.removeValue(forKey: id) }
        }
        return self.withLock { state in
            state.acceptedConnections += 1
            state.openConnections[id] = channel
            return state.acceptedConnections
        }
    }

    /// Records a request and says how it is answered.
    func received(_ request: LoopbackSink.Request) -> LoopbackSink.Answer {
        let (answer, responder, waiters) = self.withLock { state in
            state.requests.append(request)
            state.inFlight += 1
            state.inFlightHighest = max(state.inFlightHighest, state.inFlight)
            let count = state.requests.count
            let ready = state.waiters.filter { $0.value.count <= count }
            for id in ready.keys { state.waiters[id] = nil }
            let answer = state.script.isEmpty ? nil : state.script.removeFirst()
            return (answer, state.responder, ready.values.map { $0.continuation })
        }
        for waiter in waiters { waiter.resume() }
        return answer ?? responder(request)
    }

    /// Counts a request as answered, whatever the answer was.
    func answered() {
        self.withLock { $0.inFlight -= 1 }
    }
}
