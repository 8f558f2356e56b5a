import KafkaTestKit
import NIOCore
import NIOPosix

/// Sends back whatever it gets.
enum EchoServer {
    static func with<R>(_ body: (_ port: Int) async throws -> R) async throws -> R {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(Echo()) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        do {
            let result = try await body(listener.localAddress?.port ?? 0)
            try await listener.close()
            return result
        } catch {
            try? await listener.close()
            throw error
        }
    }

    private final class Echo: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.writeAndFlush(data, promise: nil)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }
    }
}

/// A connection through a proxy, for `body`: it writes, and reads until the other side is through.
func withConnection<R>(
    to port: Int,
    _ body: (
        _ read: inout NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator,
        _ write: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws -> R
) async throws -> R {
    let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    return try await channel.executeThenClose { inbound, outbound in
        var iterator = inbound.makeAsyncIterator()
        return try await body(&iterator, outbound)
    }
}

extension NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator {
    /// Reads up to this many bytes; fewer where the other side ends or breaks off before.
    mutating func read(upTo count: Int) async -> [UInt8] {
        var result: [UInt8] = []
        while result.count < count, let next = try? await self.next() {
            result += next.readableBytesView
        }
        return result
    }
}
