import Hummingbird

/// Puts the tenant into the context before the handler runs.
public struct TenantMiddleware: RouterMiddleware {
    private let resolver: any TenantResolver

    /// A middleware that asks `resolver` for each request.
    public init(resolver: any TenantResolver) {
        self.resolver = resolver
    }

    /// - Throws: what the resolver throws; the handler does not run then.
    public func handle(
        _ request: Request, context: RouterRequestContext,
        next: (Request, RouterRequestContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.tenant = try await self.resolver.tenant(of: request)
        return try await next(request, context)
    }
}
