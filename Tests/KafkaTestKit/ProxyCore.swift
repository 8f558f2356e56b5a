import NIOCore
import NIOPosix
import NIOSSL

/// What a ``TCPProxy`` is on its event loop: all its channels live on this one loop, so nothing here needs a lock.
final class ProxyCore {
    struct Settings {
        var latency = TimeAmount.zero
        var bytesPerSecond: Int?
        var isBlackHole = false
        var isDown = false
        var portMap: [Int: Int] = [:]
        var refusesFlexibleApiVersions = false

        /// Otherwise bytes are bytes.
        var readsKafka: Bool { self.refusesFlexibleApiVersions || !self.portMap.isEmpty }
    }

    /// The first connection that carries `bytes` more this way is broken.
    private struct Cut {
        var bytes: Int
        var direction: TCPProxy.Direction
    }

    let loop: any EventLoop
    let security: ListenerSecurity?
    private let encryption: NIOSSLContext?
    private let upstreamPort: Int
    var settings = Settings()
    var statistics = TCPProxy.Statistics()
    private var connections: [ObjectIdentifier: ProxiedConnection] = [:]
    private var cut: Cut?

    init(loop: any EventLoop, upstreamPort: Int, security: ListenerSecurity?) throws {
        self.loop = loop
        self.security = security
        self.encryption = try security?.tls.map { try Self.makeEncryption($0) }
        self.upstreamPort = upstreamPort
    }

    private static func makeEncryption(_ tls: ListenerSecurity.TLS) throws -> NIOSSLContext {
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(tls.certificateFile).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: tls.keyFile, format: .pem)))
        configuration.shutdownTimeout = .milliseconds(200)
        if let authority = tls.clientAuthorityFile {
            configuration.trustRoots = .file(authority)
            configuration.certificateVerification = .noHostnameVerification
        }
        return try NIOSSLContext(configuration: configuration)
    }

    var currentStatistics: TCPProxy.Statistics {
        var statistics = self.statistics
        statistics.openConnections = self.connections.count
        return statistics
    }

    func accept(_ client: any Channel) -> EventLoopFuture<Void> {
        guard !self.settings.isDown else {
            self.statistics.refused += 1
            return client.abort()
        }
        self.statistics.connections += 1
        if let encryption {
            do { try client.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: encryption)) } catch {
                return client.abort()
            }
        }
        let connection = ProxiedConnection(core: self, client: client)
        let identity = ObjectIdentifier(connection)
        self.connections[identity] = connection
        let bound = NIOLoopBound((self, connection), eventLoop: self.loop)
        client.closeFuture.whenComplete { _ in bound.value.0.connections[identity] = nil }
        return ClientBootstrap(group: self.loop)
            .channelOption(.autoRead, value: false)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .connectTimeout(.seconds(5))
            .connect(host: "127.0.0.1", port: self.upstreamPort)
            .flatMapThrowing { server in try bound.value.1.begin(server: server) }
            .flatMapError { _ in client.abort() }
    }

    func forwardAll() {
        for connection in self.connections.values { connection.forward() }
    }

    func abortAll() {
        for connection in self.connections.values { connection.abort() }
    }

    func armCut(afterBytes bytes: Int, _ direction: TCPProxy.Direction) {
        self.cut = Cut(bytes: bytes, direction: direction)
        for connection in self.connections.values { connection.countAnew() }
    }

    func disarmCut() {
        self.cut = nil
    }

    /// How many of `count` bytes a lane that carried `carried` since the cut was armed may still carry; nil: all of
    /// them.
    func bytesBeforeCut(_ direction: TCPProxy.Direction, carried: Int, count: Int) -> Int? {
        guard let cut, cut.direction == direction, carried + count >= cut.bytes else { return nil }
        self.cut = nil
        return max(0, cut.bytes - carried)
    }
}

extension Channel {
    /// Closes so that the other side sees a reset.
    @discardableResult
    func abort() -> EventLoopFuture<Void> {
        let lingered = (self as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        return (lingered ?? self.eventLoop.makeSucceededVoidFuture()).flatMapError { _ in
            self.eventLoop.makeSucceededVoidFuture()
        }.flatMap { self.close() }.flatMapError { _ in self.eventLoop.makeSucceededVoidFuture() }
    }
}
