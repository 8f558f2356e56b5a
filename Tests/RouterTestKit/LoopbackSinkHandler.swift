import NIOCore
import NIOHTTP1

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// One connection of a ``LoopbackSink``: collects a request and writes its answer byte by byte, right or wrong.
final class LoopbackSinkHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let connection: Int
    private let sink: LoopbackSink.Box
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(connection: Int, sink: LoopbackSink.Box) {
        self.connection = connection
        self.sink = sink
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch self.unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            self.body = ByteBuffer()
        case .body(let part):
            self.body.writeImmutableBuffer(part)
        case .end:
            guard let head = self.head else { return }
            self.head = nil
            let request = LoopbackSink.Request(
                connection: self.connection, method: head.method.rawValue, uri: head.uri,
                headers: head.headers.map { (name: $0.name, value: $0.value) }, body: self.body)
            Self.perform(
                self.sink.received(request), keepAlive: head.isKeepAlive, on: context.channel, for: self.sink)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private static func perform(
        _ answer: LoopbackSink.Answer, keepAlive: Bool, on channel: any Channel, for sink: LoopbackSink.Box
    ) {
        switch answer {
        case .status(let code, let headers, let body):
            let promise = channel.eventLoop.makePromise(of: Void.self)
            promise.futureResult.whenComplete { _ in
                if !keepAlive { channel.close(promise: nil) }
            }
            sink.answered()
            channel.writeAndFlush(Self.response(code, headers, body), promise: promise)
        case .raw(let text, let close):
            sink.answered()
            channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in
                if close { channel.close(promise: nil) }
            }
        case .hang:
            channel.closeFuture.whenComplete { _ in sink.answered() }
        case .close:
            sink.answered()
            channel.close(promise: nil)
        case .reset:
            sink.answered()
            self.reset(channel)
        case .resetMidResponse(let code):
            sink.answered()
            let cut = "HTTP/1.1 \(code) Cut\r\nContent-Length: 1000\r\n\r\n0123456789"
            channel.writeAndFlush(ByteBuffer(string: cut)).whenComplete { _ in self.reset(channel) }
        case .after(let gate, let answer):
            gate.whenOpen {
                channel.eventLoop.execute { Self.perform(answer, keepAlive: keepAlive, on: channel, for: sink) }
            }
        }
    }

    /// Lingering for no time makes the system send RST instead of FIN.
    private static func reset(_ channel: any Channel) {
        guard let socket = channel as? any SocketOptionProvider else { return channel.close(promise: nil) }
        socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in channel.close(promise: nil) }
    }

    private static func response(_ code: Int, _ headers: [(String, String)], _ body: ByteBuffer) -> ByteBuffer {
        let phrase = HTTPResponseStatus(statusCode: code).reasonPhrase
        var text = "HTTP/1.1 \(code) \(phrase)\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if code >= 200, code != 204, code != 304 { text += "Content-Length: \(body.readableBytes)\r\n" }
        text += "\r\n"
        var buffer = ByteBuffer(string: text)
        buffer.writeImmutableBuffer(body)
        return buffer
    }
}
