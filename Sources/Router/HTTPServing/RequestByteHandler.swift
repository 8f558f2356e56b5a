import NIOCore

/// Stands before the HTTP parser and tells the ``RequestPartHandler`` of bytes that the parser has not made sense of
/// yet.
final class RequestByteHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let parts: RequestPartHandler

    init(parts: RequestPartHandler) {
        self.parts = parts
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = self.unwrapInboundIn(data)
        switch self.parts.bytesArrived(bytes.readableBytes) {
        case .forward:
            self.parts.bytesBeingParsed = bytes
            context.fireChannelRead(data)
            self.parts.bytesBeingParsed = nil
        case .discard: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        self.parts.bytesParsed()
        // Nobody behind us asks for more once the connection is ending; what is under way must still be read away.
        if self.parts.isLingering { context.read() }
    }
}
