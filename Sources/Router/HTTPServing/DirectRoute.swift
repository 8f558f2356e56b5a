import NIOCore
import NIOHTTP1

/// A call that is answered on the event loop of its connection, past the router: for the one that has to be fast.
///
/// The same call is registered with the router as well, which answers it where the connection is not ready for the
/// direct way (a pipelined request behind another one).
public protocol DirectRoute: Sendable {
    /// The method.
    var method: HTTPMethod { get }
    /// The path, compared byte for byte with what stands before a `?`.
    var path: String { get }

    /// Whether this request goes the direct way; else the router answers it. Called on the connection's event loop
    /// before anything else.
    func takes(_ head: HTTPRequestHead) -> Bool

    /// Called on the connection's event loop with a head whose body is about to be read.
    /// - Returns: why the request is refused whatever its body; nil where it may go on.
    func refusal(of head: HTTPRequestHead) -> ProblemError?

    /// Called on the connection's event loop with the whole request, after ``refusal(of:)`` returned nil.
    /// - Parameter answer: to be completed exactly once, best on the promise's own event loop.
    func serve(_ request: DirectRequest, answer: EventLoopPromise<DirectAnswer>)

    /// Called on the connection's event loop where a request is refused, here or by the route, before it was served.
    func refused(_ problem: ProblemError)
}

extension DirectRoute {
    /// Every request.
    public func takes(_ head: HTTPRequestHead) -> Bool { true }
}
