import NIOCore
import NIOPosix
import Synchronization

/// A server that only listens: it counts connections and keeps the bytes that come.
package final class ByteListener: Sendable {
    private struct State {
        var connections = 0
        var open = 0
        var bytes: [UInt8] = []
    }

    /// Turns a connection into one with TLS, or leaves it.
    package typealias Preparation = @Sendable (any Channel) throws -> Void

    package let port: Int
    private let server: any Channel
    private let state: Box

    private final class Box: Sendable {
        let state = Mutex(State())
    }

    /// How many connections were ever accepted.
    package var connections: Int { self.state.state.withLock { $0.connections } }
    /// How many are open.
    package var openConnections: Int { self.state.state.withLock { $0.open } }
    /// Everything that came, of all connections.
    package var bytes: [UInt8] { self.state.state.withLock { $0.bytes } }

    private init(server: any Channel, state: Box) {
        self.port = server.localAddress?.port ?? 0
        self.server = server
        self.state = state
    }

    /// Listens while `body` runs.
    /// - Parameter greeting: Sent when the first bytes of a connection have come.
    package static func with<R>(
        host: String, port: Int = 0, greeting: [UInt8] = [], prepare: @escaping Preparation = { _ in },
        _ body: (ByteListener) async throws -> R
    ) async throws -> R {
        let box = Box()
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    box.state.withLock { state in
                        state.connections += 1
                        state.open += 1
                    }
                    channel.closeFuture.whenComplete { _ in box.state.withLock { $0.open -= 1 } }
                    try prepare(channel)
                    try channel.pipeline.syncOperations.addHandler(
                        Handler(greeting: greeting) { bytes in box.state.withLock { $0.bytes += bytes } })
                }
            }
            .bind(host: host, port: port).get()
        let listener = ByteListener(server: server, state: box)
        do {
            let result = try await body(listener)
            try await server.close()
            return result
        } catch {
            try? await server.close()
            throw error
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private var greeting: [UInt8]
        private let keep: @Sendable ([UInt8]) -> Void

        init(greeting: [UInt8], keep: @escaping @Sendable ([UInt8]) -> Void) {
            self.greeting = greeting
            self.keep = keep
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.keep(Array(buffer: self.unwrapInboundIn(data)))
            guard !self.greeting.isEmpty else { return }
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: self.greeting)), promise: nil)
            self.greeting = []
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}
