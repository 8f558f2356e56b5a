import HTTPServing
import Hummingbird
import Identity
import NIOHTTP1

/// Another resolver, whose refusals of requests with events are counted: they never reach the event endpoint.
public struct ObservedCallerResolver: CallerResolver {
    private let base: any CallerResolver
    private let observer: any IngressObserver

    /// - Parameters:
    ///   - base: what says who calls.
    ///   - observer: hears of the refusals.
    public init(_ base: any CallerResolver, observer: any IngressObserver) {
        self.base = base
        self.observer = observer
    }

    /// What the other resolver says.
    /// - Throws: what it throws.
    public func caller(of request: Request, needing need: AccessNeed) async throws(ProblemError) -> Caller {
        do throws(ProblemError) {
            return try await self.base.caller(of: request, needing: need)
        } catch {
            if request.method == .post, request.uri.path == EventRoutes.path {
                self.observer.refusedEarly(IngressProblem.refusal(for: error))
            }
            throw error
        }
    }

    /// What the other resolver says; the direct way counts for itself.
    /// - Throws: what it throws.
    public func caller(of headers: HTTPHeaders, needing need: AccessNeed) throws(ProblemError) -> Caller? {
        try self.base.caller(of: headers, needing: need)
    }

    /// What the other resolver says.
    public func stands(_ principal: Principal) -> Bool { self.base.stands(principal) }
}
