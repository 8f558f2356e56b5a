import NIOCore
import NIOPosix
import ProcessKit
import Synchronization

/// A TCP connection that sends what no HTTP client would.
final class RawConnection: Sendable {
    private let channel: any Channel
    private let collector: Collector

    private init(channel: any Channel, collector: Collector) {
        self.channel = channel
        self.collector = collector
    }

    static func open(port: Int) async throws -> RawConnection {
        let collector = Collector()
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(CollectingHandler(collector))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        return RawConnection(channel: channel, collector: collector)
    }

    /// False where the other side has hung up.
    @discardableResult
    func send(_ text: String) async -> Bool {
        await self.send(ByteBuffer(string: text))
    }

    @discardableResult
    func send(_ bytes: ByteBuffer) async -> Bool {
        do {
            try await self.channel.writeAndFlush(bytes)
            return true
        } catch {
            return false
        }
    }

    /// Says that nothing more will come; answers can still be read.
    func finish() async {
        try? await self.channel.close(mode: .output)
    }

    func close() async {
        try? await self.channel.close()
    }

    /// What has been answered up to now.
    var text: String { self.collector.text }

    /// The status of the first answer, nil while there is none.
    var status: Int? {
        let line = self.text.prefix { $0 != "\r\n" && $0 != "\n" }.split(separator: " ")
        return line.count >= 2 && line[0].hasPrefix("HTTP/1.") ? Int(line[1]) : nil
    }

    var isClosed: Bool { self.collector.isClosed }

    /// The status of the answer, or nil where the server hung up without one.
    func answer(within limit: Duration = .seconds(60)) async throws -> Int? {
        try await eventually("an answer or the end of the connection", within: limit) {
            self.status != nil || self.isClosed
        }
        return self.status
    }
}

/// What came in on a connection, readable from anywhere.
private final class Collector: Sendable {
    private let state = Mutex((bytes: ByteBuffer(), isClosed: false))

    var text: String { self.state.withLock { String(buffer: $0.bytes) } }
    var isClosed: Bool { self.state.withLock { $0.isClosed } }

    func append(_ bytes: ByteBuffer) {
        self.state.withLock { state in
            var bytes = bytes
            state.bytes.writeBuffer(&bytes)
        }
    }

    func finish() {
        self.state.withLock { $0.isClosed = true }
    }
}

private final class CollectingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let collector: Collector

    init(_ collector: Collector) {
        self.collector = collector
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.collector.append(self.unwrapInboundIn(data))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { self.collector.finish() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.collector.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
