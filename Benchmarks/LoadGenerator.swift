import NIOCore
import NIOPosix
import ProcessKit
import Synchronization

/// A closed loop: each of some keep-alive connections sends the next request when the one before it is answered.
final class LoadGenerator: Sendable {
    /// A measured stretch of load.
    struct Rate: Sendable {
        var requests: Int
        var seconds: Double
        var requestsPerSecond: Double { Double(self.requests) / self.seconds }
    }

    let port: Int
    let template: RequestTemplate
    fileprivate let nextNumber: Atomic<Int>
    fileprivate let answered = Atomic(0)
    fileprivate let requestsLeft = Atomic(0)
    /// Connections are being closed by this side.
    fileprivate let isEnding = Atomic(false)
    private let refusal = Mutex<String?>(nil)
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    /// - Parameter firstNumber: the number of the first event; numbers are never used twice by one generator.
    init(port: Int, template: RequestTemplate, firstNumber: Int = 1) {
        self.port = port
        self.template = template
        self.nextNumber = Atomic(firstNumber)
    }

    /// Sends for some time and counts the answers of the later five sixths of it.
    func measure(seconds: Double, connections: Int) async throws -> Rate {
        self.requestsLeft.store(.max, ordering: .relaxed)
        return try await self.withConnections(connections) {
            let clock = ContinuousClock()
            try await clock.sleep(for: .seconds(seconds / 5))
            let (firstCount, start) = (self.answered.load(ordering: .relaxed), clock.now)
            try await clock.sleep(for: .seconds(seconds))
            let (lastCount, end) = (self.answered.load(ordering: .relaxed), clock.now)
            return Rate(requests: lastCount - firstCount, seconds: (end - start).seconds)
        }
    }

    /// Sends so many requests and returns when all are answered.
    func send(requests: Int, connections: Int) async throws {
        let before = self.answered.load(ordering: .relaxed)
        self.requestsLeft.store(requests, ordering: .relaxed)
        try await self.withConnections(connections) {
            try await eventually("\(requests) answers", within: .seconds(1_800), every: .milliseconds(5)) {
                try self.throwRefusal()
                return self.answered.load(ordering: .relaxed) - before >= requests
            }
        }
    }

    private func withConnections<R>(_ count: Int, _ body: () async throws -> R) async throws -> R {
        self.isEnding.store(false, ordering: .relaxed)
        var channels: [any Channel] = []
        for _ in 0..<count {
            channels.append(
                try await ClientBootstrap(group: self.group)
                    .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(LoadHandler(self))
                        }
                    }
                    .connect(host: "127.0.0.1", port: self.port).get())
        }
        let result: R
        do {
            result = try await body()
        } catch {
            await self.end(channels)
            throw error
        }
        await self.end(channels)
        try self.throwRefusal()
        return result
    }

    private func end(_ channels: [any Channel]) async {
        self.requestsLeft.store(0, ordering: .relaxed)
        self.isEnding.store(true, ordering: .relaxed)
        for channel in channels { try? await channel.close() }
    }

    fileprivate func refused(_ reason: String) {
        self.refusal.withLock { $0 = $0 ?? reason }
    }

    private func throwRefusal() throws {
        if let reason = self.refusal.withLock({ $0 }) { throw ChildProcess.Failure("the load was refused: \(reason)") }
    }

    /// Closes the event loop of this generator.
    func shutdown() async throws {
        try await self.group.shutdownGracefully()
    }
}

/// One connection of the load.
private final class LoadHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let load: LoadGenerator
    private var received = ByteBuffer()

    init(_ load: LoadGenerator) {
        self.load = load
    }

    func channelActive(context: ChannelHandlerContext) {
        self.sendNext(context)
    }

    private func sendNext(_ context: ChannelHandlerContext) {
        guard self.load.requestsLeft.subtract(1, ordering: .relaxed).oldValue > 0 else { return }
        let events = self.load.template.eventsPerRequest
        let number = self.load.nextNumber.add(events, ordering: .relaxed).oldValue
        let request = self.load.template.request(firstNumber: number, allocator: context.channel.allocator)
        context.writeAndFlush(self.wrapOutboundOut(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = self.unwrapInboundIn(data)
        self.received.writeBuffer(&part)
        do {
            while let answer = try HTTPMessageScanner.next(in: &self.received) {
                guard (200..<300).contains(answer.status) else {
                    self.load.refused("status \(answer.status)")
                    return context.close(promise: nil)
                }
                self.load.answered.add(1, ordering: .relaxed)
                self.sendNext(context)
            }
        } catch {
            self.load.refused("\(error)")
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        guard !self.load.isEnding.load(ordering: .relaxed) else { return }
        self.load.refused("the connection was closed")
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !self.load.isEnding.load(ordering: .relaxed) else { return }
        self.load.refused("\(error)")
        context.close(promise: nil)
    }
}

extension Duration {
    var seconds: Double {
        Double(self.components.seconds) + Double(self.components.attoseconds) / 1e18
    }
}
