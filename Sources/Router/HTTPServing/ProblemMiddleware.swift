import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1

/// Turns every error that leaves a handler into a problem document. What is no refusal becomes a 500 that says nothing
/// of the inside; the log gets the error's type and the route, never contents.
public struct ProblemMiddleware: RouterMiddleware {
    /// The one middleware that comes before all others.
    public init() {}

    /// Never throws, except for a cancelled task.
    public func handle(
        _ request: Request, context: RouterRequestContext,
        next: (Request, RouterRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as ProblemError {
            return error.problem.response(headers: error.headers)
        } catch {
            return Self.problem(for: error, context: context).response(from: error)
        }
    }

    private static func problem(for error: any Error, context: RouterRequestContext) -> ProblemDetails {
        switch error {
        case let error as HTTPError:
            return ProblemDetails(self.type(of: error.status), detail: error.body)
        case let error as HTTPParserError:
            return ProblemDetails(.malformedRequest(error))
        case is NIOTooManyBytesError:
            return ProblemDetails(.tooLarge, detail: "the body is larger than this path takes")
        case let error as any HTTPResponseError:
            return ProblemDetails(self.type(of: error.status))
        case is CancellationError:
            return ProblemDetails(.unavailable, detail: "the server is shutting down")
        default:
            context.logger.error(
                "request failed",
                metadata: [
                    "error.type": "\(String(reflecting: Swift.type(of: error)))",
                    "http.route": "\(context.endpointPath ?? "")",
                ])
            return ProblemDetails(.internalError)
        }
    }

    private static func type(of status: HTTPResponse.Status) -> ProblemType {
        let known: [ProblemType] = [
            .invalidRequest, .unauthenticated, .forbidden, .notFound, .methodNotAllowed, .requestTimeout, .conflict,
            .tooLarge, .unsupportedMediaType, .unprocessable, .limitExceeded, .headTooLarge, .internalError,
            .unavailable,
        ]
        if let type = known.first(where: { $0.status == status.code }) { return type }
        return ProblemType("http-\(status.code)", title: status.reasonPhrase, status: status.code)
    }
}

extension ProblemType {
    /// What a request that the HTTP parser refused is answered with.
    static func malformedRequest(_ error: HTTPParserError) -> ProblemType {
        error == .headerOverflow ? .headTooLarge : .invalidRequest
    }
}

extension ProblemDetails {
    fileprivate func response(from error: any Error) -> Response {
        var headers = HTTPFields()
        if let error = error as? HTTPError {
            headers = error.headers
            headers[.contentLength] = nil
        }
        return self.response(headers: headers)
    }
}
