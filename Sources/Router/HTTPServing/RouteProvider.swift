/// Some of the paths of the server: each HTTP surface is one.
public protocol RouteProvider: Sendable {
    /// Whether the caller is resolved, and must be allowed, before a handler of this surface runs. True where a type
    /// does not say; false for what is public or knows its callers by other means.
    var needsTenant: Bool { get }

    /// Registers the handlers. Called once, when the application is made.
    func addRoutes(to routes: RouteTable)
}

extension RouteProvider {
    /// Every surface but health, metrics and the API's description has a tenant.
    public var needsTenant: Bool { true }
}
