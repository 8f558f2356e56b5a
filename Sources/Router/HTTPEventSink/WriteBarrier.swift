import NIOCore
import NetworkGuard

/// Lets nothing out of a connection, and closes it at the first try.
final class WriteBarrier: ChannelOutboundHandler {
    typealias OutboundIn = Any

    private let refusal: AddressRefusal

    init(_ refusal: AddressRefusal) {
        self.refusal = refusal
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        promise?.fail(self.refusal)
        // Not before the write has come back: who is in the middle of it would miss the end of the connection.
        let channel = context.channel
        channel.eventLoop.execute { channel.close(promise: nil) }
    }
}
