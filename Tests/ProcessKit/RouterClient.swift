import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The calls of the HTTP surface, as a program makes them.
package struct RouterClient: Sendable {
    package struct Answer: Sendable {
        package var status: Int
        package var contentType: String
        package var body: [UInt8]
        /// By names in small letters; of several lines the last.
        package var headers: [String: String] = [:]
        package var json: JSONValue { (try? JSONValue.parsing(self.body)) ?? .null }
        package var text: String { String(decoding: self.body, as: UTF8.self) }
    }

    /// An answer that was not the one expected.
    package struct Refused: Error, CustomStringConvertible {
        package var call: String
        package var answer: Answer

        package init(call: String, answer: Answer) {
            self.call = call
            self.answer = answer
        }

        package var description: String { "\(self.call): \(self.answer.status) \(self.answer.text.prefix(500))" }
    }

    /// Lives as long as the process; a lost connection is the caller's business, so nothing is tried twice.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration(timeout: .init(connect: .seconds(5), read: .seconds(60)))
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private let port: Int
    private let timeout: Int64

    /// - Parameter timeoutSeconds: how long an answer may take.
    package init(port: Int, timeoutSeconds: Int64 = 60) {
        self.port = port
        self.timeout = timeoutSeconds
    }

    package func send(
        _ method: String, _ path: String, headers: [String: String] = [:], body: [UInt8]? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(self.port)\(path)")
        request.method = HTTPMethod(rawValue: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(body) }
        let response = try await Self.http.execute(request, timeout: .seconds(self.timeout))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return Answer(
            status: Int(response.status.code), contentType: response.headers.first(name: "content-type") ?? "",
            body: Array(bytes.readableBytesView),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { $1 })
    }

    /// Sends JSON and insists on the status.
    @discardableResult
    package func call(
        _ method: String, _ path: String, _ json: String? = nil, expecting status: Int
    ) async throws -> JSONValue {
        let headers = json == nil ? [:] : ["content-type": "application/json"]
        let answer = try await self.send(method, path, headers: headers, body: json.map { Array($0.utf8) })
        guard answer.status == status else { throw Refused(call: "\(method) \(path)", answer: answer) }
        return answer.json
    }

    /// Publishes in binary mode; `attributes` without the `ce-` prefix, `id`, `source` and `type` included.
    package func publish(_ attributes: [String: String], data: String = "{}") async throws -> Answer {
        var headers = ["ce-specversion": "1.0", "content-type": "application/json"]
        for (name, value) in attributes { headers["ce-\(name)"] = value }
        return try await self.send("POST", "/v1/events", headers: headers, body: Array(data.utf8))
    }

    /// Publishes a batch; each element is a structured event.
    package func publishBatch(_ events: [String]) async throws -> Answer {
        let body = "[" + events.joined(separator: ",") + "]"
        let headers = ["content-type": "application/cloudevents-batch+json"]
        return try await self.send("POST", "/v1/events", headers: headers, body: Array(body.utf8))
    }

    /// How many events the log holds, counted by the router itself: a replay that is not carried out.
    package func countEvents() async throws -> Int {
        let body = #"{"sink":"http://127.0.0.1:9/","dryRun":true}"#
        let answer = try await self.call("POST", "/v1/replays", body, expecting: 200)
        guard let matched = answer["matched"]?.int else {
            throw Refused(call: "count", answer: Answer(status: 200, contentType: "", body: []))
        }
        return matched
    }
}
