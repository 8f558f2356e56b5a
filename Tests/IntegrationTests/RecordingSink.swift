import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import ProcessKit
import Synchronization

/// An HTTP server on loopback that remembers what it was sent and answers as it is told.
final class RecordingSink: Sendable {
    /// One request that came in.
    struct Delivery: Sendable {
        var method = "POST"
        var headers: [String: String]
        var body: String
        /// The body as it came.
        var bytes = ByteBuffer()
        var at: ContinuousClock.Instant
        /// The status it was answered with.
        var status: Int
        /// The client's port.
        var port = 0

        /// An attribute of the event in binary mode.
        func attribute(_ name: String) -> String? { self.headers["ce-\(name)"] }
        var id: String { self.attribute("id") ?? "" }
    }

    /// What a request is answered with, and how long that takes.
    struct Answer: Sendable {
        var status = 204
        var delay = Duration.zero
        var headers: [String: String] = [:]
    }

    private struct State {
        var channel: (any Channel)?
        var answer: @Sendable (Delivery) -> Answer = { _ in Answer() }
        var deliveries: [Delivery] = []
        /// Events that were answered with success or with a refusal for good.
        var settled: Set<String> = []
    }

    let port: Int
    private let tls: NIOSSLContext?
    private let state = Mutex(State())

    var url: String { "http://127.0.0.1:\(self.port)/" }
    var deliveries: [Delivery] { self.state.withLock { $0.deliveries } }
    var count: Int { self.state.withLock { $0.deliveries.count } }

    /// Events that were answered with success, or with a refusal for good.
    var settledIDs: Set<String> { self.state.withLock { $0.settled } }
    var settledCount: Int { self.state.withLock { $0.settled.count } }

    /// Nobody listens until ``listen()``.
    /// - Parameter tls: what connections begin with; nil: with plain HTTP.
    init(port: Int, tls: NIOSSLContext? = nil) {
        self.port = port
        self.tls = tls
    }

    /// A sink that listens while `body` runs.
    static func with<R>(tls: NIOSSLContext? = nil, _ body: (RecordingSink) async throws -> R) async throws -> R {
        let sink = RecordingSink(port: try await freePort(), tls: tls)
        try await sink.listen()
        do {
            let result = try await body(sink)
            try await sink.close()
            return result
        } catch {
            try? await sink.close()
            throw error
        }
    }

    func listen() async throws {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls = self.tls {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(RecordingHandler(sink: self))
                }
            }
            .bind(host: "127.0.0.1", port: self.port).get()
        self.state.withLock { $0.channel = channel }
    }

    /// Stops listening; what was recorded stays.
    func close() async throws {
        let channel = self.state.withLock { state in
            defer { state.channel = nil }
            return state.channel
        }
        try await channel?.close()
    }

    /// What every request is answered with from now on.
    func answer(with status: Int) {
        self.answer { _ in Answer(status: status) }
    }

    /// The same, for each request by itself.
    func answer(_ answer: @escaping @Sendable (Delivery) -> Answer) {
        self.state.withLock { $0.answer = answer }
    }

    fileprivate func record(method: String, headers: HTTPHeaders, body: ByteBuffer, port: Int) -> Answer {
        var named: [String: String] = [:]
        for (name, value) in headers { named[name.lowercased()] = value }
        var delivery = Delivery(
            method: method, headers: named, body: String(buffer: body), bytes: body, at: ContinuousClock().now,
            status: 0, port: port)
        return self.state.withLock { state in
            let answer = state.answer(delivery)
            delivery.status = answer.status
            state.deliveries.append(delivery)
            if delivery.settles { state.settled.insert(delivery.id) }
            return answer
        }
    }
}

extension RecordingSink.Delivery {
    /// Whether the router is done with the event after this answer: success, or a refusal for good.
    var settles: Bool { (200..<300).contains(self.status) || self.status == 400 }
}

/// Gathers a request, records it, answers.
private final class RecordingHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let sink: RecordingSink
    private var method = ""
    private var headers = HTTPHeaders()
    private var body = ByteBuffer()

    init(sink: RecordingSink) {
        self.sink = sink
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            self.method = head.method.rawValue
            self.headers = head.headers
            self.body.clear()
        case .body(var part):
            self.body.writeBuffer(&part)
        case .end:
            let port = context.remoteAddress?.port ?? 0
            let answer = self.sink.record(
                method: self.method, headers: self.headers, body: self.body, port: port)
            guard answer.delay > .zero else { return self.send(answer, context) }
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: TimeAmount(answer.delay)) {
                let (handler, context) = bound.value
                handler.send(answer, context)
            }
        }
    }

    private func send(_ answer: RecordingSink.Answer, _ context: ChannelHandlerContext) {
        var headers: HTTPHeaders = answer.status == 204 ? [:] : ["content-length": "0"]
        for (name, value) in answer.headers { headers.add(name: name, value: value) }
        let head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
