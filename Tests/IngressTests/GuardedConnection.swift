import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import HTTPServing

/// One guarded connection without a socket, on a clock that the test moves.
final class GuardedConnection {
    /// What arrived at the end of the pipeline.
    final class Recorder: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart

        private(set) var heads: [HTTPRequestHead] = []
        private(set) var body = ByteBuffer()
        private(set) var ends = 0
        private(set) var errors: [any Error] = []

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch self.unwrapInboundIn(data) {
            case .head(let head): self.heads.append(head)
            case .body(var part): self.body.writeBuffer(&part)
            case .end: self.ends += 1
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { self.errors.append(error) }
    }

    /// Keeps a half-close from closing the embedded channel, which knows only whole ones, and counts reads.
    final class OutputEnd: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer

        private(set) var isEnded = false
        private(set) var reads = 0

        func read(context: ChannelHandlerContext) {
            self.reads += 1
            context.read()
        }

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            if mode == .output {
                self.isEnded = true
                promise?.succeed(())
            } else {
                context.close(mode: mode, promise: promise)
            }
        }
    }

    let channel = EmbeddedChannel()
    let recorder = Recorder()
    let output = OutputEnd()

    static let limits = ConnectionGuard.Limits(
        headBytesMax: 2048, bodyBytesMax: 10_000, headTimeout: .seconds(10), bodyTimeout: .seconds(20),
        bodyTimeoutMax: .seconds(60), bodyBytesPerSecondMin: 100, idleTimeout: .seconds(75),
        stallTimeout: .seconds(30), lingerTimeout: .seconds(2))

    /// - Parameter direct: a call that is answered past the end of the pipeline.
    init(direct: (any DirectRoute)? = nil) throws {
        let pipeline = self.channel.pipeline.syncOperations
        try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: false, withErrorHandling: false)
        try GuardedHTTP1Channel.guardConnection(
            pipeline, limits: Self.limits,
            direct: direct.map {
                let bodies = RequestBodyReader(
                    bytesMax: Self.limits.bodyBytesMax, budget: InFlightBudget(bytesMax: 1 << 20, requestsMax: 100))
                return DirectRequestHandler(routes: [$0], bodies: bodies, serverName: nil, date: HTTPDate())
            })
        try pipeline.addHandler(self.recorder)
        try pipeline.addHandler(self.output, position: .first)
        try self.channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 80)).wait()
    }

    deinit { _ = try? self.channel.finish(acceptAlreadyClosed: true) }

    var isOpen: Bool { self.channel.isActive }

    func send(_ text: String) throws {
        try self.channel.writeInbound(ByteBuffer(string: text))
    }

    /// The server begins to stop.
    func stop() {
        self.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    func pass(_ time: TimeAmount) {
        self.channel.embeddedEventLoop.advanceTime(by: time)
    }

    /// One byte a second, `count` times, as long as the connection takes them.
    func drip(_ byte: String, times count: Int) throws {
        for _ in 0..<count where self.isOpen && !self.output.isEnded {
            try self.send(byte)
            self.pass(.seconds(1))
        }
    }

    func answer(_ status: HTTPResponseStatus, headers: HTTPHeaders = ["content-length": "0"]) throws {
        try self.channel.writeOutbound(
            HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers)))
        try self.channel.writeOutbound(HTTPServerResponsePart.end(nil))
    }

    /// Everything that was written since the last call.
    func received() throws -> String {
        var all = ByteBuffer()
        while var part = try self.channel.readOutbound(as: ByteBuffer.self) { all.writeBuffer(&part) }
        return String(buffer: all)
    }
}
