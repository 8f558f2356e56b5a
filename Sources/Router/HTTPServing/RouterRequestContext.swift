import Hummingbird
import Identity
import NIOCore

/// What a handler knows of a request beside the request itself.
public struct RouterRequestContext: RequestContext {
    /// Hummingbird's part: logger, path parameters, endpoint.
    public var coreContext: CoreRequestContextStorage
    /// Who calls; nil on routes that need no tenant (``RouteProvider/needsTenant``).
    public var caller: Caller?
    private let channel: any Channel

    /// Made by the server for each request; the caller is set by ``CallerMiddleware``.
    public init(source: Source) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.channel = source.channel
    }

    /// Whose request it is. Empty where there is no caller.
    public var tenant: String { self.caller?.tenant ?? "" }

    /// The address of whoever the connection is from: a client's, or a proxy's. nil where that has none.
    public var peerAddress: String? { self.channel.remoteAddress?.ipAddress }
}
