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

    /// Called on the connection's event loop with a head, before anything of its body is read: whether this request
    /// goes the direct way, and who calls.
    func admit(_ head: HTTPRequestHead) -> DirectAdmission

    /// Called on the connection's event loop with the whole request, after ``admit(_:)`` let it in.
    /// - Parameter answer: to be completed exactly once, best on the promise's own event loop.
    func serve(_ request: DirectRequest, answer: EventLoopPromise<DirectAnswer>)

    /// Called on the connection's event loop where a request is refused, here or by the route, before it was served.
    func refused(_ problem: ProblemError)
}
