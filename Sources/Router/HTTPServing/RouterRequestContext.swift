import Hummingbird
import Identity

/// What a handler knows of a request beside the request itself.
public struct RouterRequestContext: RequestContext {
    /// Hummingbird's part: logger, path parameters, endpoint.
    public var coreContext: CoreRequestContextStorage
    /// Who calls; nil on routes that need no tenant (``RouteProvider/needsTenant``).
    public var caller: Caller?

    /// Made by the server for each request; the caller is set by ``CallerMiddleware``.
    public init(source: Source) {
        self.coreContext = CoreRequestContextStorage(source: source)
    }

    /// Whose request it is. Empty where there is no caller.
    public var tenant: String { self.caller?.tenant ?? "" }
}
