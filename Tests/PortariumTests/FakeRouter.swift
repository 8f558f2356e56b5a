import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization

@testable import Portarium

/// A router's HTTP surface with scripted answers on a loopback port.
final class FakeRouter: Sendable {
    struct Request: Sendable {
        var method: String
        var path: String
        var query: String
        var headers: HTTPFields
        var body: String
    }

    struct Answer: Sendable {
        var status: Int
        var headers: [String: String] = [:]
        /// Each is a chunk of its own; the answer ends after the last.
        var chunks: [String]

        static func json(_ text: String, status: Int = 200) -> Answer {
            Answer(status: status, headers: ["content-type": "application/json"], chunks: [text])
        }

        static func problem(_ status: Int, _ text: String, retryAfter: String? = nil) -> Answer {
            var headers = ["content-type": "application/problem+json"]
            headers["retry-after"] = retryAfter
            return Answer(status: status, headers: headers, chunks: [text])
        }

        static func stream(_ chunks: [String]) -> Answer {
            Answer(status: 200, headers: ["content-type": "text/event-stream"], chunks: chunks)
        }
    }

    private let recorded = Mutex<[Request]>([])
    private let answer: @Sendable (Request, Int) -> Answer
    let url: Mutex<String> = Mutex("")

    /// In the order of their arrival.
    var requests: [Request] { self.recorded.withLock { $0 } }
    var base: String { self.url.withLock { $0 } }

    private init(_ answer: @escaping @Sendable (Request, Int) -> Answer) { self.answer = answer }

    /// `answer` gets the request and how many came before it.
    static func with(
        _ answer: @escaping @Sendable (Request, Int) -> Answer, _ body: @Sendable (FakeRouter) async throws -> Void
    ) async throws {
        let fake = FakeRouter(answer)
        let responder = CallbackResponder<BasicRequestContext> { request, _ in try await fake.respond(to: request) }
        let application = Application(responder: responder)
        try await application.test(.live) { client in
            fake.url.withLock { $0 = "http://localhost:\(client.port ?? 0)" }
            try await body(fake)
        }
    }

    /// Runs a command line with `--server`.
    func run(_ arguments: [String], on terminal: CapturedTerminal) async -> ExitStatus {
        await terminal.run(arguments + ["--server", self.base])
    }

    private func respond(to request: Hummingbird.Request) async throws -> Response {
        let body = try await request.body.collect(upTo: 64 * 1_024 * 1_024)
        let seen = Request(
            method: request.method.rawValue, path: request.uri.path, query: request.uri.query ?? "",
            headers: request.headers, body: String(buffer: body))
        let before = self.recorded.withLock { requests in
            requests.append(seen)
            return requests.count - 1
        }
        let answer = self.answer(seen, before)
        var headers = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        let chunks = answer.chunks
        return Response(
            status: .init(code: answer.status), headers: headers,
            body: ResponseBody { writer in
                for chunk in chunks { try await writer.write(ByteBuffer(string: chunk)) }
                try await writer.finish(nil)
            })
    }
}
