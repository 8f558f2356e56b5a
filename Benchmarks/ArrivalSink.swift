import NIOCore
import NIOHTTP1
import NIOPosix
import ProcessKit
import Synchronization

/// A receiver that remembers when each event came: its `ce-id`, a number.
final class ArrivalSink: Sendable {
    private let arrivals = Mutex<[Int: NIODeadline]>([:])
    let port: Int

    var url: String { "http://127.0.0.1:\(self.port)/" }
    /// How many events came, each counted once.
    var count: Int { self.arrivals.withLock { $0.count } }

    private init(port: Int) { self.port = port }

    /// When an event came first; nil: not yet.
    func arrival(of number: Int) -> NIODeadline? { self.arrivals.withLock { $0[number] } }

    fileprivate func note(_ number: Int) {
        let now = NIODeadline.now()
        self.arrivals.withLock { if $0[number] == nil { $0[number] = now } }
    }

    /// A sink that listens while `body` runs.
    static func with<R>(_ body: (ArrivalSink) async throws -> R) async throws -> R {
        let sink = ArrivalSink(port: try await freePort())
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(ArrivalHandler(sink))
                }
            }
            .bind(host: "127.0.0.1", port: sink.port).get()
        do {
            let result = try await body(sink)
            try await server.close()
            try await group.shutdownGracefully()
            return result
        } catch {
            try? await server.close()
            try? await group.shutdownGracefully()
            throw error
        }
    }
}

private final class ArrivalHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let sink: ArrivalSink

    init(_ sink: ArrivalSink) { self.sink = sink }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            if let number = head.headers.first(name: "ce-id").flatMap({ Int($0) }) { self.sink.note(number) }
        case .body: break
        case .end:
            context.write(self.wrapOutboundOut(.head(.init(version: .http1_1, status: .noContent))), promise: nil)
            context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
