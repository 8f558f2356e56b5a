import Hummingbird
import HummingbirdCore
import Identity
import Logging
import NIOCore

/// Makes the server out of configuration and surfaces.
public enum HTTPApplication {
    /// What answers a request: the routes of all surfaces behind ``ProblemMiddleware`` and ``CallerMiddleware``.
    public typealias Responder = RouterResponder<RouterRequestContext>

    /// The application: a `Service` that serves until it is shut down gracefully, finishing the requests it has.
    /// - Parameters:
    ///   - configuration: as it is; ``ServingConfiguration/faults`` is the caller's to look at.
    ///   - routes: the surfaces; no two may register one method of one path.
    ///   - direct: calls that are answered past the router, and what reads their bodies.
    ///   - callers: nil: ``HeaderTenantResolver`` with the configured default tenant.
    ///   - needs: what a call needs of its caller.
    ///   - eventLoopGroup: where the connections live.
    ///   - onServerRunning: called with the port that is listened on, once it is.
    public static func make(
        configuration: ServingConfiguration, routes: [any RouteProvider],
        direct: (routes: [any DirectRoute], bodies: RequestBodyReader)? = nil, callers: (any CallerResolver)? = nil,
        needs: @escaping CallerMiddleware.Needs = AccessTable.need(method:path:),
        eventLoopGroup: EventLoopGroupProvider = .singleton, logger: Logger,
        onServerRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) -> Application<Responder> {
        let callers = callers ?? HeaderTenantResolver(defaultTenant: configuration.defaultTenant)
        return Application(
            router: self.makeRouter(routes: routes, callers: callers, needs: needs),
            server: self.makeServer(configuration: configuration, direct: direct),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                serverName: configuration.serverName, backlog: configuration.backlogMax,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    configuration.connectionsMax, logger: logger)),
            onServerRunning: { channel in await onServerRunning(channel.localAddress?.port ?? configuration.port) },
            eventLoopGroupProvider: eventLoopGroup, logger: logger)
    }

    /// The routes of all surfaces, without a server.
    public static func makeRouter(
        routes: [any RouteProvider], callers: any CallerResolver,
        needs: @escaping CallerMiddleware.Needs = AccessTable.need(method:path:)
    ) -> Router<RouterRequestContext> {
        let router = Router(context: RouterRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: ProblemMiddleware())
        var registered: [(path: RouterPath, method: HTTPRequest.Method)] = []
        for provider in routes {
            let group = router.group()
            if provider.needsTenant { group.add(middleware: CallerMiddleware(resolver: callers, needs: needs)) }
            let table = RouteTable(group: group)
            provider.addRoutes(to: table)
            registered += table.routes
        }
        MethodNotAllowedResponder.fill(router, routes: registered)
        return router
    }

    /// The HTTP/1.1 server with its guard against slow and oversize clients.
    public static func makeServer(
        configuration: ServingConfiguration, direct: (routes: [any DirectRoute], bodies: RequestBodyReader)? = nil
    ) -> HTTPServerBuilder {
        HTTPServerBuilder { responder in
            GuardedHTTP1Channel(configuration: configuration, direct: direct, responder: responder)
        }
    }
}
