import HTTPTypes
import Hummingbird

/// Where a ``RouteProvider`` registers its handlers: Hummingbird's router methods (`get`, `post`, `group` …), which
/// also remember what was registered, so that other methods on a known path answer 405 with `Allow` and `OPTIONS`
/// answers 204.
public final class RouteTable: RouterMethods {
    /// The context every handler gets.
    public typealias Context = RouterRequestContext

    private let group: RouterGroup<RouterRequestContext>
    private(set) var routes: [(path: RouterPath, method: HTTPRequest.Method)] = []

    init(group: RouterGroup<RouterRequestContext>) {
        self.group = group
    }

    /// Registers a responder for a path and a method.
    @discardableResult
    public func on<Responder: HTTPResponder>(
        _ path: RouterPath, method: HTTPRequest.Method, responder: Responder
    ) -> Self where Responder.Context == RouterRequestContext {
        self.routes.append((path, method))
        self.group.on(path, method: method, responder: responder)
        return self
    }

    /// Adds a middleware for what this provider registers after this call.
    @discardableResult
    public func add(middleware: any MiddlewareProtocol<Request, Response, RouterRequestContext>) -> Self {
        self.group.add(middleware: middleware)
        return self
    }
}
