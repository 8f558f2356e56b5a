import Hummingbird

/// What a handler knows of a request beside the request itself.
public struct RouterRequestContext: RequestContext {
    /// Hummingbird's part: logger, path parameters, endpoint.
    public var coreContext: CoreRequestContextStorage
    /// Whose request it is. Empty on routes that need no tenant (``RouteProvider/needsTenant``).
    public var tenant: String

    /// Made by the server for each request; the tenant is set by ``TenantMiddleware``.
    public init(source: Source) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.tenant = ""
    }
}
