import NIOCore
import NIOPosix

/// Asks a broker which versions of requests it knows: the one request that every broker answers at once.
package enum KafkaProbe {
    /// Whether `port` of 127.0.0.1 answers within `limit`.
    package static func answers(port: Int, within limit: Duration = .seconds(2)) async -> Bool {
        guard
            let channel = try? await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .connectTimeout(.seconds(2))
                .connect(host: "127.0.0.1", port: port).get()
        else { return false }
        let answer = channel.eventLoop.makePromise(of: Bool.self)
        let timeout = channel.eventLoop.scheduleTask(in: TimeAmount(limit)) { answer.succeed(false) }
        var request = channel.allocator.buffer(capacity: 32)
        // Length, ApiVersions, version 0, correlation 1, a client without a name.
        request.writeMultipleIntegers(Int32(10), Int16(18), Int16(0), Int32(1), Int16(-1))
        let handler = AnswerHandler(answer: answer)
        let frame = request
        let result = try? await channel.pipeline.addHandler(handler).flatMap { channel.writeAndFlush(frame) }
            .flatMap { answer.futureResult }.get()
        timeout.cancel()
        answer.succeed(false)
        try? await channel.close()
        return result ?? false
    }
}

/// Waits for the length, the correlation and an error code of 0. Later results are ignored by the promise.
private final class AnswerHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    private let answer: EventLoopPromise<Bool>

    init(answer: EventLoopPromise<Bool>) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = self.unwrapInboundIn(data)
        self.answer.succeed(bytes.getInteger(at: bytes.readerIndex + 4, as: Int32.self) == 1)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.answer.succeed(false)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.answer.succeed(false)
    }
}
