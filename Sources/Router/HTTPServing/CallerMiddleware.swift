import Hummingbird
import Identity

/// Puts the caller into the context before the handler runs, or keeps it from running.
public struct CallerMiddleware: RouterMiddleware {
    /// What a call needs, by method and template of its path; nil: nobody may make it.
    public typealias Needs = @Sendable (_ method: String, _ path: String) -> AccessNeed?

    private let resolver: any CallerResolver
    private let needs: Needs

    /// A middleware that asks `resolver` for each request.
    public init(resolver: any CallerResolver, needs: @escaping Needs = AccessTable.need(method:path:)) {
        self.resolver = resolver
        self.needs = needs
    }

    /// - Throws: what the resolver throws, and 403 for a call that nobody may make; the handler does not
    ///   run then.
    public func handle(
        _ request: Request, context: RouterRequestContext,
        next: (Request, RouterRequestContext) async throws -> Response
    ) async throws -> Response {
        let need = context.endpointPath.flatMap { self.needs(request.method.rawValue, $0) }
        guard let need else { throw ProblemError(.forbidden, "nobody may make this call") }
        var context = context
        let caller = try await self.resolver.caller(of: request, needing: need)
        context.caller = caller
        do {
            return try await next(request, context)
        } catch  where !(error is any HTTPResponseError || error is CancellationError) {
            throw UnexpectedFailure(cause: error, tenant: caller.tenant)
        }
    }
}
