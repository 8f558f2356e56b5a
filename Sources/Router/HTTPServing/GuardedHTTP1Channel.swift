import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1

/// Hummingbird's HTTP/1.1 connection with a ``ConnectionGuard`` around its parser.
struct GuardedHTTP1Channel: ServerChildChannel {
    typealias Value = HTTP1Channel.Value

    private let base: HTTP1Channel
    private let limits: ConnectionGuard.Limits
    private let makeDirectHandler: @Sendable () -> DirectRequestHandler?

    /// - Parameter direct: calls that are answered past the router, and what reads their bodies.
    init(
        configuration: ServingConfiguration, direct: (routes: [any DirectRoute], bodies: RequestBodyReader)? = nil,
        responder: @escaping HTTPChannelHandler.Responder
    ) {
        let (date, serverName) = (HTTPDate(), configuration.serverName)
        self.makeDirectHandler = {
            direct.map {
                DirectRequestHandler(routes: $0.routes, bodies: $0.bodies, serverName: serverName, date: date)
            }
        }
        self.base = HTTP1Channel(
            responder: responder,
            configuration: HTTP1Channel.Configuration(
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: configuration.requestHeadBytesMax,
                    maxHeaderListSize: configuration.requestHeadBytesMax,
                    maxHeaderFieldCount: configuration.requestHeadersMax)))
        self.limits = ConnectionGuard.Limits(configuration)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        self.base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            try Self.guardConnection(
                channel.pipeline.syncOperations, limits: self.limits, direct: self.makeDirectHandler())
            return value
        }
    }

    func handle(value: Value, logger: Logger) async {
        await self.base.handle(value: value, logger: logger)
    }

    /// Puts the two handlers around the HTTP parser that is in the pipeline.
    static func guardConnection(
        _ pipeline: ChannelPipeline.SynchronousOperations, limits: ConnectionGuard.Limits,
        direct: DirectRequestHandler? = nil
    ) throws {
        let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        let parts = RequestPartHandler(limits: limits)
        try pipeline.addHandler(parts, position: .after(parser))
        if let direct { try pipeline.addHandler(direct, position: .after(parts)) }
        try pipeline.addHandler(RequestByteHandler(parts: parts), position: .first)
    }
}

extension ConnectionGuard.Limits {
    init(_ configuration: ServingConfiguration) {
        self.init(
            headBytesMax: configuration.requestHeadBytesMax,
            bodyBytesMax: configuration.bodyBytesMax,
            headTimeout: TimeAmount(configuration.requestHeadTimeout),
            bodyTimeout: TimeAmount(configuration.bodyTimeout),
            bodyTimeoutMax: TimeAmount(configuration.bodyTimeoutMax),
            bodyBytesPerSecondMin: configuration.bodyBytesPerSecondMin,
            idleTimeout: TimeAmount(configuration.idleTimeout),
            stallTimeout: TimeAmount(configuration.answerStallTimeout),
            lingerTimeout: TimeAmount(configuration.lingerTimeout),
            stopTimeout: TimeAmount(configuration.stopTimeout))
    }
}
