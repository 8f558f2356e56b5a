import Hummingbird

/// Says whose request it is.
public protocol TenantResolver: Sendable {
    /// The tenant of a request.
    /// - Throws: ``ProblemError`` where the caller gives no valid tenant, or may not speak for it.
    func tenant(of request: Request) async throws(ProblemError) -> String
}
