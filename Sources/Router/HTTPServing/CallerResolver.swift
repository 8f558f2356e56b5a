import Hummingbird
import Identity
import NIOHTTP1

/// Says who calls, and whether the call is allowed. Asked before anything of a body is read.
public protocol CallerResolver: Sendable {
    /// The caller of a request.
    /// - Throws: ``ProblemError`` where nobody valid calls, or somebody who may not do this.
    func caller(of request: Request, needing need: AccessNeed) async throws(ProblemError) -> Caller

    /// The same on an event loop, of a request that does not come through the router.
    /// - Returns: nil where it takes a wait to tell.
    func caller(of headers: HTTPHeaders, needing need: AccessNeed) throws(ProblemError) -> Caller?

    /// Whether what a principal signed in with is still valid, for calls that last.
    func stands(_ principal: Principal) -> Bool
}
