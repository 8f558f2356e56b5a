import NIOCore
import NIOPosix
import ProcessKit

/// Stands between a client and a server on this machine and makes the network between them as bad as a test wants it.
///
/// Every call returns when it has taken effect. Bytes are never changed, lost or reordered short of a cut, but for what
/// Kafka's clients need, and for a listener that asks who they are: see the parameters of `start`.
package final class TCPProxy: Sendable {
    /// Which way bytes go.
    package enum Direction: Sendable {
        case toServer
        case toClient
    }

    /// What went through so far.
    package struct Statistics: Sendable, Hashable {
        package var connections = 0
        package var openConnections = 0
        package var bytesToServer = 0
        package var bytesToClient = 0
        /// Connections that came while it was down.
        package var refused = 0
    }

    /// Clients connect to this port of 127.0.0.1.
    package let port: Int
    private let listener: any Channel
    private let core: NIOLoopBound<ProxyCore>

    private init(port: Int, listener: any Channel, core: NIOLoopBound<ProxyCore>) {
        self.port = port
        self.listener = listener
        self.core = core
    }

    /// Listens on a port of its own.
    ///
    /// - Parameter upstreamPort: The server's port on 127.0.0.1. It need not listen yet.
    /// - Parameter portMap: Where Kafka's brokers name these ports, clients read the others instead, so that they stay
    ///   behind proxies. nil: only this server's port, replaced by the proxy's. Empty: nothing is replaced.
    /// - Parameter refusesFlexibleApiVersions: Answers ApiVersions from version 3 on in the server's name with
    ///   UNSUPPORTED_VERSION, as a server of old would.
    /// - Parameter security: What clients have to do before they are let through. Bytes are counted, slowed and cut
    ///   as the server sees them.
    package static func start(
        upstreamPort: Int, portMap: [Int: Int]? = [:], refusesFlexibleApiVersions: Bool = false,
        security: ListenerSecurity? = nil
    ) async throws -> TCPProxy {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let core = try await loop.submit {
            NIOLoopBound(
                try ProxyCore(loop: loop, upstreamPort: upstreamPort, security: security), eventLoop: loop)
        }.get()
        let bootstrap = ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in core.value.accept(channel) }
        // Another program may take a port between the look and the start.
        var bound: (port: Int, listener: any Channel)?
        for _ in 0..<3 where bound == nil {
            let port = try await freePort()
            if let listener = try? await bootstrap.bind(host: "127.0.0.1", port: port).get() {
                bound = (port, listener)
            }
        }
        guard let (port, listener) = bound else {
            throw ChildProcess.Failure("there is no port to listen on")
        }
        let proxy = TCPProxy(port: port, listener: listener, core: core)
        try await proxy.onLoop {
            $0.settings.portMap = portMap ?? [upstreamPort: port]
            $0.settings.refusesFlexibleApiVersions = refusesFlexibleApiVersions
        }
        return proxy
    }

    /// Starts, runs `body`, and leaves no connection behind on any path.
    package static func with<R>(
        upstreamPort: Int, portMap: [Int: Int]? = [:], security: ListenerSecurity? = nil,
        _ body: (TCPProxy) async throws -> R
    ) async throws -> R {
        let proxy = try await Self.start(upstreamPort: upstreamPort, portMap: portMap, security: security)
        do {
            let result = try await body(proxy)
            await proxy.stop()
            return result
        } catch {
            await proxy.stop()
            throw error
        }
    }

    package var statistics: Statistics {
        get async throws { try await self.onLoop { $0.currentStatistics } }
    }

    /// Each byte takes so long each way, from now on.
    package func setLatency(_ latency: Duration) async throws {
        try await self.onLoop { $0.settings.latency = TimeAmount(latency) }
    }

    /// Each connection carries at most this many bytes a second each way; nil: as many as it can.
    package func setRate(bytesPerSecond: Int?) async throws {
        try await self.onLoop { $0.settings.bytesPerSecond = bytesPerSecond }
    }

    /// Connections stay open, new ones are taken, and nothing gets through, not even their end. What waits goes on its
    /// way when it is over.
    package func setBlackHole(_ isBlackHole: Bool) async throws {
        try await self.onLoop {
            $0.settings.isBlackHole = isBlackHole
            $0.forwardAll()
        }
    }

    /// Breaks all connections and takes none until ``bringUp()``.
    package func takeDown() async throws {
        try await self.onLoop {
            $0.settings.isDown = true
            $0.abortAll()
        }
    }

    package func bringUp() async throws {
        try await self.onLoop { $0.settings.isDown = false }
    }

    /// Breaks all connections once; new ones are taken.
    package func dropConnections() async throws {
        try await self.onLoop { $0.abortAll() }
    }

    /// Breaks the first connection that carries this many more bytes this way, right behind them: in the middle of a
    /// frame, if the number is chosen well.
    package func cut(afterBytes bytes: Int, _ direction: Direction) async throws {
        try await self.onLoop { $0.armCut(afterBytes: bytes, direction) }
    }

    /// Where brokers name these ports, clients read the others from now on.
    package func setPortMap(_ portMap: [Int: Int]) async throws {
        try await self.onLoop { $0.settings.portMap = portMap }
    }

    /// As good a network as at the start. Its connections stay.
    package func heal() async throws {
        try await self.onLoop {
            $0.settings.latency = .zero
            $0.settings.bytesPerSecond = nil
            $0.settings.isBlackHole = false
            $0.settings.isDown = false
            $0.disarmCut()
            $0.forwardAll()
        }
    }

    /// Breaks everything and listens no more.
    package func stop() async {
        try? await self.listener.close()
        try? await self.onLoop { $0.abortAll() }
    }

    private func onLoop<R: Sendable>(_ body: @escaping @Sendable (ProxyCore) -> R) async throws -> R {
        try await self.listener.eventLoop.submit { body(self.core.value) }.get()
    }
}
