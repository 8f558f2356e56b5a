import NIOCore
import NIOPosix

/// A client that sends the bytes it is told to, and nothing else.
struct RawClient {
    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// Connects, runs `body`, and closes.
    static func connected<R: Sendable>(
        port: Int, _ body: @Sendable (Connection) async throws -> R
    ) async throws -> R {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "localhost", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose { inbound, _ in
            try await body(Connection(inbound: inbound.makeAsyncIterator(), channel: channel.channel))
        }
    }

    /// An open connection.
    final class Connection {
        private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        private let channel: any Channel

        init(inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator, channel: any Channel) {
            self.inbound = inbound
            self.channel = channel
        }

        func send(_ text: String) async throws {
            try await self.channel.writeAndFlush(ByteBuffer(string: text))
        }

        /// Ends this side; the other may still answer.
        func endInput() async throws {
            try await self.channel.close(mode: .output)
        }

        /// Sends `text` over and over, `interval` after it was taken, until the other side ends or `count` is reached.
        func drip(_ text: String, every interval: TimeAmount, times count: Int) {
            let channel = self.channel
            @Sendable func next(_ left: Int) {
                guard left > 0, channel.isActive else { return }
                channel.writeAndFlush(ByteBuffer(string: text)).whenSuccess {
                    channel.eventLoop.scheduleTask(in: interval) { next(left - 1) }
                }
            }
            next(count)
        }

        /// Everything until the other side ends or breaks the connection.
        func receiveAll() async -> String {
            var all = ByteBuffer()
            do {
                while let part = try await self.inbound.next() { all.writeImmutableBuffer(part) }
            } catch {
                return String(buffer: all)
            }
            return String(buffer: all)
        }

        /// Everything until `text` is in it, or the other side ends.
        func receive(until text: String) async throws -> String {
            var all = ByteBuffer()
            while let part = try await self.inbound.next() {
                all.writeImmutableBuffer(part)
                if String(buffer: all).contains(text) { break }
            }
            return String(buffer: all)
        }
    }
}
