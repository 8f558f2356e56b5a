import EventDispatch
import HTTPServing
import Hummingbird

/// Turns what a service refuses into the problem that says the same, one to one.
struct ServiceErrorMiddleware: RouterMiddleware {
    typealias Context = RouterRequestContext

    let retryAfterSeconds: Int

    func handle(
        _ request: Request, context: RouterRequestContext,
        next: (Request, RouterRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as ServiceError {
            throw self.problem(error)
        }
    }

    private func problem(_ error: ServiceError) -> ProblemError {
        let (type, isTemporary): (ProblemType, Bool) =
            switch error.code {
            case .invalid: (.invalidRequest, false)
            case .notFound: (.notFound, false)
            case .conflict: (.conflict, false)
            case .unprocessable: (.unprocessable, false)
            case .limitExceeded: (.limitExceeded, true)
            case .unavailable: (.unavailable, true)
            }
        let errors = error.errors.map { fault in
            let isName = !fault.pointer.isEmpty && !fault.pointer.hasPrefix("/") && !fault.pointer.contains(":")
            return ProblemDetails.FieldError(
                pointer: isName ? "query:\(fault.pointer)" : fault.pointer, detail: fault.detail)
        }
        let members = error.limit.map { limit in
            [ProblemDetails.Member("limit", .string(limit.name)), .init("limitValue", .integer(limit.value))]
        }
        return ProblemError(
            type, error.message, errors: errors, members: members ?? [],
            retryAfterSeconds: isTemporary ? self.retryAfterSeconds : nil)
    }
}
