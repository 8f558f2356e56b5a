import HTTPServing
import Hummingbird

/// Another resolver, whose refusals of requests with events are counted: they never reach the event endpoint.
public struct ObservedTenantResolver: TenantResolver {
    private let base: any TenantResolver
    private let observer: any IngressObserver

    /// - Parameters:
    ///   - base: what says whose request it is.
    ///   - observer: hears of the refusals.
    public init(_ base: any TenantResolver, observer: any IngressObserver) {
        self.base = base
        self.observer = observer
    }

    /// What the other resolver says.
    /// - Throws: what it throws.
    public func tenant(of request: Request) async throws(ProblemError) -> String {
        do throws(ProblemError) {
            return try await self.base.tenant(of: request)
        } catch {
            if request.method == .post, request.uri.path == EventRoutes.path { self.observer.refusedEarly(.tenant) }
            throw error
        }
    }
}
