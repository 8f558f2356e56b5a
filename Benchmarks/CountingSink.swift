import NIOCore
import NIOPosix
import ProcessKit
import Synchronization

/// The cheapest receiver there is: counts requests and answers 204.
final class CountingSink: Sendable {
    fileprivate let received = Atomic(0)
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel = Mutex<(any Channel)?>(nil)
    let port: Int

    var count: Int { self.received.load(ordering: .relaxed) }
    var url: String { "http://127.0.0.1:\(self.port)/" }

    private init(port: Int) {
        self.port = port
    }

    /// A sink that listens while `body` runs.
    static func with<R>(_ body: (CountingSink) async throws -> R) async throws -> R {
        let sink = CountingSink(port: try await freePort())
        try await sink.listen()
        do {
            let result = try await body(sink)
            try await sink.close()
            return result
        } catch {
            try? await sink.close()
            throw error
        }
    }

    private func listen() async throws {
        let channel = try await ServerBootstrap(group: self.group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(CountingHandler(self))
                }
            }
            .bind(host: "127.0.0.1", port: self.port).get()
        self.channel.withLock { $0 = channel }
    }

    private func close() async throws {
        try await self.channel.withLock { $0 }?.close()
        try await self.group.shutdownGracefully()
    }

    /// Requests a second between the first tenth and the end of `expected` requests from now on; the first tenth
    /// warms up.
    func rate(of expected: Int, starting start: () async throws -> Void) async throws -> Double {
        let base = self.count
        try await start()
        let clock = ContinuousClock()
        try await self.wait(until: base + expected / 10)
        let (firstCount, firstAt) = (self.count, clock.now)
        try await self.wait(until: base + expected)
        let (lastCount, lastAt) = (self.count, clock.now)
        return Double(lastCount - firstCount) / (lastAt - firstAt).seconds
    }

    /// Returns when so many requests came in altogether.
    func wait(until count: Int) async throws {
        try await eventually("\(count) requests at the sink", within: .seconds(1_800), every: .milliseconds(2)) {
            self.count >= count
        }
    }
}

private final class CountingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let answer = ByteBuffer(string: "HTTP/1.1 204 No Content\r\n\r\n")

    private let sink: CountingSink
    private var received = ByteBuffer()

    init(_ sink: CountingSink) {
        self.sink = sink
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = self.unwrapInboundIn(data)
        self.received.writeBuffer(&part)
        do {
            while try HTTPMessageScanner.next(in: &self.received) != nil {
                self.sink.received.add(1, ordering: .relaxed)
                context.write(self.wrapOutboundOut(Self.answer), promise: nil)
            }
            context.flush()
        } catch {
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
