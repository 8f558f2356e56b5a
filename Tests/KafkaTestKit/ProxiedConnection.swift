import NIOCore

/// A client's connection, the one to the server that belongs to it, and a lane each way. Lives on the proxy's event
/// loop.
final class ProxiedConnection {
    private let core: ProxyCore
    private let client: any Channel
    private var server: (any Channel)?
    private var toServer: ProxyLane?
    private var toClient: ProxyLane?

    init(core: ProxyCore, client: any Channel) {
        self.core = core
        self.client = client
    }

    /// The server has taken the connection. Throws when the client has gone meanwhile.
    func begin(server: any Channel) throws {
        let toServer = ProxyLane(core: self.core, direction: .toServer, source: self.client, target: server)
        let toClient = ProxyLane(core: self.core, direction: .toClient, source: server, target: self.client)
        self.server = server
        self.toServer = toServer
        self.toClient = toClient
        let gate = self.core.security?.sasl.map { SASLGate($0) }
        let conversation = KafkaConversation(namesSASL: gate != nil)
        do {
            try self.client.pipeline.syncOperations.addHandler(
                ProxyHandler { [core] bytes in
                    guard gate != nil || core.settings.readsKafka else { return toServer.take(bytes) }
                    let refuses = gate != nil || core.settings.refusesFlexibleApiVersions
                    let passed = gate?.read(bytes) ?? SASLGate.Outcome(onward: bytes)
                    let (onward, answers) = conversation.readRequests(
                        passed.onward, refusesFlexibleApiVersions: refuses)
                    toServer.take(onward)
                    toClient.take(answers)
                    toClient.take(passed.answers)
                    if passed.isRefused { toClient.end() }
                } receives: {
                    toServer
                } sends: {
                    toClient
                })
            try server.pipeline.syncOperations.addHandler(
                ProxyHandler { [core] bytes in
                    guard gate != nil || core.settings.readsKafka else { return toClient.take(bytes) }
                    toClient.take(conversation.readResponses(bytes, portMap: core.settings.portMap))
                } receives: {
                    toClient
                } sends: {
                    toServer
                })
        } catch {
            server.abort()
            throw error
        }
        // The client's channel is not active before this is done; it reads once it is.
        server.read()
    }

    func forward() {
        self.toServer?.forward()
        self.toClient?.forward()
    }

    func abort() {
        self.client.abort()
        self.server?.abort()
    }

    func countAnew() {
        self.toServer?.countAnew()
        self.toClient?.countAnew()
    }
}

/// Hands what a channel reads to its lane, and tells the lanes about room and ends. It reads on only while the lane has
/// room.
private final class ProxyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let take: (ByteBuffer) -> Void
    private let incoming: () -> ProxyLane
    private let outgoing: () -> ProxyLane

    init(
        take: @escaping (ByteBuffer) -> Void, receives: @escaping () -> ProxyLane, sends: @escaping () -> ProxyLane
    ) {
        self.take = take
        self.incoming = receives
        self.outgoing = sends
    }

    func channelActive(context: ChannelHandlerContext) {
        context.read()
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        self.take(self.unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        self.incoming().readOn()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        self.outgoing().forward()
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.incoming().end()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
