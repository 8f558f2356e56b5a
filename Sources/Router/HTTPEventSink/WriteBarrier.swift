import NIOCore

/// Lets nothing out of a connection, and closes it at the first try.
final class WriteBarrier: ChannelOutboundHandler {
    typealias OutboundIn = Any

    private let error: any Error

    /// - Parameter error: What writes fail with.
    init(_ error: any Error) {
        self.error = error
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        promise?.fail(self.error)
        // Not before the write has come back: who is in the middle of it would miss the end of the connection.
        let channel = context.channel
        channel.eventLoop.execute { channel.close(promise: nil) }
    }
}
