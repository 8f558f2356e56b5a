import CloudEvents
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import Observability

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
            let failure = error as? UnexpectedFailure
            let error = failure?.cause ?? error
            return Self.problem(for: error, of: request, tenant: failure?.tenant, context: context)
                .response(from: error)
        }
    }

    private static func problem(
        for error: any Error, of request: Request, tenant: String?, context: RouterRequestContext
    ) -> ProblemDetails {
        switch error {
        case let error as HTTPError:
            let type = self.type(of: error.status)
            return ProblemDetails(type, detail: error.body ?? self.detail(of: type))
        case let error as HTTPParserError:
            let type = ProblemType.malformedRequest(error)
            return ProblemDetails(type, detail: type.detail(of: error))
        case is NIOTooManyBytesError:
            return ProblemDetails(.tooLarge, detail: "the body is larger than this path takes")
        case let error as any HTTPResponseError:
            let type = self.type(of: error.status)
            return ProblemDetails(type, detail: self.detail(of: type))
        case is CancellationError:
            return ProblemDetails(.unavailable, detail: "the server is shutting down")
        default:
            var metadata: Logger.Metadata = [
                "error.type": "\(String(reflecting: Swift.type(of: error)))",
                "http.route": "\(context.endpointPath ?? "")",
            ]
            metadata[LogKey.tenant] = tenant.map { "\($0)" }
            metadata[LogKey.traceID] = Self.traceID(of: request).map { "\($0)" }
            context.logger.error("request failed", metadata: metadata)
            return ProblemDetails(.internalError, detail: self.detail(of: .internalError))
        }
    }

    /// The trace that the request came with, where it is one.
    private static func traceID(of request: Request) -> String? {
        let lines = HTTPField.Name("traceparent").map { request.headers[values: $0] } ?? []
        return lines.count == 1 ? TraceParent(lines[0])?.traceIDText : nil
    }

    /// What is said where nobody said more.
    private static func detail(of type: ProblemType) -> String {
        switch type {
        case .notFound: "there is nothing at this path; GET /v1/openapi.yaml describes every one"
        case .internalError: "the fault is the router's, and its log says more; the same call may succeed later"
        default: type.title
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
        switch error {
        case .headerOverflow: .headTooLarge
        case .invalidEOFState: .cutOff
        default: .invalidRequest
        }
    }

    /// One sentence about such a request.
    func detail(of error: HTTPParserError) -> String {
        switch self {
        case .headTooLarge: "the request line and the headers are longer, or more, than the server takes"
        case .methodNotAllowed: "the server knows \(MethodNotAllowedResponder.allMethods), and no method of this name"
        case .cutOff: "the connection ended before all of the request was there"
        default: "the bytes are no HTTP/1.1 request (\(error))"
        }
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
