import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

/// Calls a router over HTTP.
struct RouterClient: Sendable {
    /// No answer is read further.
    private static let answerBytesMax = 64 * 1_024 * 1_024

    let endpoint: ServerEndpoint
    private let http: HTTPClient

    /// Runs `body` with a client that is shut down afterwards, however it ends. `connectionsMax` is for calls at once.
    static func with<R: Sendable>(
        _ endpoint: ServerEndpoint, connectionsMax: Int = 8, _ body: (RouterClient) async throws -> R
    ) async throws -> R {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: .seconds(120)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(8, connectionsMax)
        // Someone sits at the terminal: a refused connection is said at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do {
            let result = try await body(RouterClient(endpoint: endpoint, http: http))
            try await http.shutdown()
            return result
        } catch {
            try? await http.shutdown()
            throw error
        }
    }

    /// Sends a request and reads the whole answer, whatever its status.
    /// - Throws: ``CommandFailure`` with ``ExitStatus/unreachable`` where there is no answer.
    func send(_ request: RouterRequest) async throws -> ServerAnswer {
        let response = try await self.execute(request, deadline: .now() + .seconds(120))
        do {
            return ServerAnswer(
                status: Int(response.status.code), retryAfter: response.headers.first(name: "retry-after"),
                body: try await response.body.collect(upTo: Self.answerBytesMax))
        } catch {
            throw self.unreachable(error)
        }
    }

    /// Sends a request whose answer must be a success.
    /// - Throws: also the ``Problem`` of an answer that is none.
    func call(_ request: RouterRequest) async throws -> ServerAnswer {
        let answer = try await self.send(request)
        guard answer.isSuccess else { throw Problem(status: answer.status, body: answer.body) }
        return answer
    }

    /// Opens a stream that lasts; the answer's body is read by the caller.
    func open(_ request: RouterRequest) async throws -> HTTPClientResponse {
        try await self.execute(request, deadline: .distantFuture)
    }

    /// What is said when the router cannot be reached.
    func unreachable(_ error: any Error) -> CommandFailure {
        CommandFailure(
            .unreachable,
            "no router answers at \(self.endpoint.base) (\(Self.reason(error))): start one with 'portarium serve', "
                + "or name another with --server")
    }

    private func execute(_ request: RouterRequest, deadline: NIODeadline) async throws -> HTTPClientResponse {
        var message = HTTPClientRequest(url: self.endpoint.base + request.target)
        message.method = request.method
        message.headers.add(name: "user-agent", value: "portarium/\(PortariumVersion.current)")
        if let tenant = self.endpoint.tenant { message.headers.add(name: "x-tenant-id", value: tenant) }
        if let key = self.endpoint.key { message.headers.add(name: "authorization", value: "Bearer \(key)") }
        for (name, value) in request.headers { message.headers.add(name: name, value: value) }
        if let body = request.body { message.body = .bytes(body) }
        do {
            return try await self.http.execute(message, deadline: deadline)
        } catch let error as CancellationError {
            throw error
        } catch let error as HTTPClientError where [.invalidURL, .emptyHost, .emptyScheme].contains(error) {
            throw CommandFailure(
                .usage, "'\(self.endpoint.base)' is no router's URL: write it like http://127.0.0.1:8080")
        } catch {
            throw self.unreachable(error)
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { return self.reason(first.error) }
            return "the name '\(error.host)' is not known"
        case let error as IOError: return FileContents.reason(error.errnoCode)
        case let error as HTTPClientError: return error.shortDescription
        default: return "\(error)"
        }
    }
}
