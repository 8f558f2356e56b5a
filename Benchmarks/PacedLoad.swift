import NIOCore
import NIOPosix
import ProcessKit
import Synchronization

/// An open loop: requests at a fixed rate, whatever the answers do. A request that waits for the one before it on its
/// connection counts from the time at which it was due, so that a stall shows in everything that it held up.
final class PacedLoad: Sendable {
    /// How long answers took, in milliseconds.
    struct Latencies: Sendable {
        var median: Double
        var p99: Double
        var p999: Double
        var greatest: Double

        /// - Parameter nanoseconds: one for each answer, in any order.
        init(_ nanoseconds: [Int64]) {
            let sorted = nanoseconds.sorted()
            func at(_ share: Double) -> Double {
                guard !sorted.isEmpty else { return 0 }
                return Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1_000_000
            }
            self.median = at(0.5)
            self.p99 = at(0.99)
            self.p999 = at(0.999)
            self.greatest = at(1)
        }
    }

    private let port: Int
    fileprivate let template: RequestTemplate
    fileprivate let nextNumber: Atomic<Int>
    fileprivate let interval: TimeAmount
    fileprivate let requestsEach: Int
    private let connections: Int
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    fileprivate let latencies = Mutex<[Int64]>([])
    fileprivate let due = Mutex<[Int: NIODeadline]>([:])
    private let refusal = Mutex<String?>(nil)

    /// - Parameters:
    ///   - rate: requests a second over all connections.
    ///   - seconds: how long.
    ///   - firstNumber: of the first event.
    init(
        port: Int, template: RequestTemplate, rate: Double, seconds: Double, connections: Int, firstNumber: Int = 1
    ) {
        self.port = port
        self.nextNumber = Atomic(firstNumber)
        self.template = template
        self.connections = connections
        self.interval = .nanoseconds(Int64(1e9 * Double(connections) / rate))
        self.requestsEach = max(1, Int(rate * seconds) / connections)
    }

    /// When each request sent so far was due, by the number of its first event.
    var dueTimes: [Int: NIODeadline] { self.due.withLock { $0 } }

    /// Sends everything and returns when all of it is answered.
    func run() async throws -> Latencies {
        let total = self.connections * self.requestsEach
        var channels: [any Channel] = []
        for index in 0..<self.connections {
            // The connections take their turns inside one interval.
            let phase = TimeAmount.nanoseconds(
                self.interval.nanoseconds * Int64(index) / Int64(self.connections))
            channels.append(
                try await ClientBootstrap(group: self.group)
                    .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .channelInitializer { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(PacedHandler(self, phase: phase))
                        }
                    }
                    .connect(host: "127.0.0.1", port: self.port).get())
        }
        try await eventually("\(total) answers", within: .seconds(600)) {
            if let reason = self.refusal.withLock({ $0 }) {
                throw ChildProcess.Failure("the load was refused: \(reason)")
            }
            return self.latencies.withLock { $0.count } >= total
        }
        for channel in channels { try? await channel.close() }
        try await self.group.shutdownGracefully()
        return Latencies(self.latencies.withLock { $0 })
    }

    fileprivate func refused(_ reason: String) { self.refusal.withLock { $0 = $0 ?? reason } }
}

/// One connection of the load.
private final class PacedHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let load: PacedLoad
    private let phase: TimeAmount
    private var due = NIODeadline.now()
    private var sent = 0
    private var received = ByteBuffer()

    init(_ load: PacedLoad, phase: TimeAmount) {
        self.load = load
        self.phase = phase
    }

    func channelActive(context: ChannelHandlerContext) {
        self.due = .now() + .milliseconds(100) + self.phase
        self.scheduleNext(context)
    }

    private func scheduleNext(_ context: ChannelHandlerContext) {
        guard self.sent < self.load.requestsEach else { return }
        if self.due <= .now() { return self.send(context) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(deadline: self.due) {
            let (handler, context) = bound.value
            handler.send(context)
        }
    }

    private func send(_ context: ChannelHandlerContext) {
        self.sent += 1
        let number = self.load.nextNumber.add(self.load.template.eventsPerRequest, ordering: .relaxed).oldValue
        self.load.due.withLock { $0[number] = self.due }
        let request = self.load.template.request(firstNumber: number, allocator: context.channel.allocator)
        context.writeAndFlush(self.wrapOutboundOut(request), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = self.unwrapInboundIn(data)
        self.received.writeBuffer(&part)
        do {
            while let answer = try HTTPMessageScanner.next(in: &self.received) {
                guard (200..<300).contains(answer.status) else { return self.load.refused("status \(answer.status)") }
                let latency = (NIODeadline.now() - self.due).nanoseconds
                self.load.latencies.withLock { $0.append(latency) }
                self.due = self.due + self.load.interval
                self.scheduleNext(context)
            }
        } catch { self.load.refused("\(error)") }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        self.load.refused("\(error)")
        context.close(promise: nil)
    }
}
