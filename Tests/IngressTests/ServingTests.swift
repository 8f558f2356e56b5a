import HTTPServing
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Synchronization
import Testing

@Suite struct ServingTests {
    private func problem(
        _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:], body: String? = nil
    ) async throws -> TestResponse {
        try await testApplication([TestRoutes()]).test(.router) { client in
            try await client.execute(
                uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
        }
    }

    @Test func unknownPathIsAProblem() async throws {
        let response = try await self.problem(.get, "/nowhere")
        #expect(response.status == .notFound)
        #expect(response.headers[.contentType] == "application/problem+json")
        #expect(
            response.text
                == #"{"type":"urn:portarium:problem:not-found","title":"There is no such thing","status":404,"#
                + #""detail":"there is nothing at this path; GET /v1/openapi.yaml describes every one"}"#)
    }

    @Test(arguments: [("/things", "GET, HEAD, OPTIONS, POST"), ("/things/7/parts", "GET, HEAD, OPTIONS")])
    func otherMethodOfAKnownPathSaysWhichItTakes(path: String, allow: String) async throws {
        for name in ["DELETE", "PATCH", "PUT", "TRACE", "PROPFIND", "QUERY"] {
            let method = try #require(HTTPRequest.Method(rawValue: name))
            let response = try await self.problem(method, path)
            #expect(response.status == .methodNotAllowed)
            #expect(response.headers[.allow] == allow)
            #expect(response.text.contains("urn:portarium:problem:method-not-allowed"))
        }
        let options = try await self.problem(.options, path)
        #expect(options.status == .noContent)
        #expect(options.headers[.allow] == allow)
        #expect(options.text.isEmpty)
    }

    @Test func headAnswersLikeGetWithoutABody() async throws {
        let response = try await self.problem(.head, "/things")
        #expect(response.status == .ok)
        #expect(response.text.isEmpty)
        #expect(response.headers[.contentLength] == "17")
    }

    @Test func faultOfOursSaysNothingOfTheInsideNorDoesTheLog() async throws {
        let log = RecordingLog()
        let application = testApplication([TestRoutes()], logger: Logger(label: "test", factory: { _ in log }))
        var headers = HTTPFields()
        headers[try #require(HTTPField.Name("x-tenant-id"))] = "acme"
        headers[try #require(HTTPField.Name("traceparent"))] =
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        let sent = headers
        let response = try await application.test(.router) {
            try await $0.execute(uri: "/fail", method: .get, headers: sent)
        }
        #expect(response.status == .internalServerError)
        #expect(response.text.contains("urn:portarium:problem:internal-error"))
        #expect(!response.text.contains("hunter2"))
        let lines = log.lines.all.withLock { $0 }
        #expect(lines.contains { $0.contains("SecretFailure") && $0.contains("/fail") })
        // Whose request it was, and in which trace to look.
        #expect(lines.contains { $0.contains("acme") && $0.contains("0af7651916cd43dd8448eb211c80319c") })
        #expect(!lines.contains { $0.contains("hunter2") })
    }

    @Test func errorOfTheFrameworkKeepsItsStatus() async throws {
        let response = try await self.problem(.get, "/teapot")
        #expect(response.status.code == 418)
        #expect(response.headers[.contentType] == "application/problem+json")
        #expect(response.text.contains(#""type":"urn:portarium:problem:http-418""#))
        #expect(response.text.contains(#""detail":"short and stout""#))
    }

    @Test(arguments: [
        (nil, 200, "default"), ("acme", 200, "acme"), ("A.b_c~d-9", 200, "A.b_c~d-9"), ("", 400, ""),
        ("a b", 400, ""), ("a/b", 400, ""), ("ä", 400, ""), (String(repeating: "x", count: 65), 400, ""),
        (String(repeating: "x", count: 64), 200, String(repeating: "x", count: 64)),
    ])
    func tenantComesFromTheHeader(header: String?, status: Int, tenant: String) async throws {
        var headers = HTTPFields()
        if let header, let name = HTTPField.Name("X-Tenant-Id") { headers[name] = header }
        let response = try await self.problem(.get, "/things", headers: headers)
        #expect(response.status.code == status)
        if status == 200 {
            #expect(response.text == "[50,\"\",\"\(tenant)\"]")
        } else {
            #expect(response.text.contains("urn:portarium:problem:invalid-tenant"))
            #expect(response.text.contains(#""pointer":"header:x-tenant-id""#))
        }
    }

    @Test func twoTenantHeadersAreNoTenant() async throws {
        var headers = HTTPFields()
        let name = try #require(HTTPField.Name("X-Tenant-Id"))
        headers.append(HTTPField(name: name, value: "acme"))
        headers.append(HTTPField(name: name, value: "other"))
        #expect(try await self.problem(.get, "/things", headers: headers).status == .badRequest)
    }

    @Test(arguments: [
        ("?limit=1", "[1,\"\","), ("?limit=200&cursor=a%20b", "[200,\"a b\","), ("?cursor=", "[50,\"\","),
    ])
    func pageParametersAreRead(query: String, start: String) async throws {
        let response = try await self.problem(.get, "/things" + query)
        #expect(response.text.hasPrefix(start))
    }

    @Test(arguments: [
        "limit=0", "limit=201", "limit=-1", "limit=x", "limit=", "limit=1e3",
        "cursor=" + String(repeating: "c", count: 16_385),
    ])
    func pageParametersOutOfBoundsAreAProblem(query: String) async throws {
        let response = try await self.problem(.get, "/things?" + query)
        #expect(response.status == .badRequest)
        let name = query.prefix { $0 != "=" }
        #expect(response.text.contains("\"pointer\":\"query:\(name)\""))
    }

    @Test func bodyOverTheLimitNamesTheLimit() async throws {
        let response = try await self.problem(.put, "/raw", body: String(repeating: "b", count: 1001))
        #expect(response.status == .contentTooLarge)
        #expect(response.text.contains(#""limit":"bodyBytesMax","limitValue":1000"#))
        let fits = try await self.problem(.put, "/raw", body: String(repeating: "b", count: 1000))
        #expect(fits.text == "1000")
    }

    @Test func bodyShorterThanAnnouncedIsAProblem() async throws {
        let response = try await testApplication([TestRoutes()]).test(.router) { client in
            try await client.execute(uri: "/raw", method: .put, headers: [.contentLength: "10"])
        }
        #expect(response.status == .badRequest)
        #expect(response.text.contains("ended after 0 bytes where Content-Length announces 10"))
    }

    @Test func budgetRefusesWhatDoesNotFitAndFreesWhatIsDone() async throws {
        let budget = InFlightBudget(bytesMax: 1000, requestsMax: 1)
        let routes = TestRoutes(bodies: RequestBodyReader(bytesMax: 5000, budget: budget))
        try await testApplication([routes]).test(.router) { client in
            let large = try await client.execute(
                uri: "/raw", method: .put, body: ByteBuffer(repeating: 0x62, count: 1001))
            #expect(large.status == .serviceUnavailable)
            #expect(large.headers[.retryAfter] == "1")
            #expect(large.text.contains("urn:portarium:problem:overloaded"))
            for _ in 0..<3 {
                let fits = try await client.execute(
                    uri: "/raw", method: .put, body: ByteBuffer(repeating: 0x62, count: 1000))
                #expect(fits.status == .ok)
            }
        }
        #expect(budget.bytes == 0)
        #expect(budget.requests == 0)
    }

    @Test func processIsAliveWhateverElseIs() async throws {
        let check = ReadinessCheck("log") { "the disk is full" }
        try await testApplication([HealthRoutes(checks: [check])]).test(.router) { client in
            let alive = try await client.execute(uri: "/healthz", method: .get, headers: self.badTenant)
            #expect(alive.status == .ok)
            #expect(alive.text == #"{"status":"alive"}"#)
            let ready = try await client.execute(uri: "/readyz", method: .get)
            #expect(ready.status == .serviceUnavailable)
            #expect(
                ready.text
                    == #"{"status":"unready","checks":[{"name":"log","ok":false,"detail":"the disk is full"}]}"#)
        }
    }

    @Test func readinessSaysWhichChecksPassed() async throws {
        let routes = HealthRoutes(checks: [ReadinessCheck("log") { nil }, ReadinessCheck("dispatch") { nil }])
        let response = try await testApplication([routes]).test(.router) {
            try await $0.execute(uri: "/readyz", method: .get)
        }
        #expect(response.status == .ok)
        #expect(
            response.text
                == #"{"status":"ready","checks":[{"name":"log","ok":true},{"name":"dispatch","ok":true}]}"#)
    }

    @Test func readinessCheckThatHangsCountsAsFailed() async throws {
        let hanging = ReadinessCheck("stuck") {
            for await _ in AsyncStream<Void>(unfolding: { try? await Task.sleep(for: .seconds(3600)) })
            where Task.isCancelled { break }
            return nil
        }
        let routes = HealthRoutes(
            checks: [hanging, ReadinessCheck("log") { nil }], timeout: .milliseconds(1))
        let response = try await testApplication([routes]).test(.router) {
            try await $0.execute(uri: "/readyz", method: .get)
        }
        #expect(response.status == .serviceUnavailable)
        #expect(response.text.contains(#"{"name":"stuck","ok":false,"detail":"gave no answer within"#))
        #expect(response.text.contains(#"{"name":"log","ok":true}"#))
    }

    @Test func metricsAreTheTextOfTheirSource() async throws {
        let routes = MetricsRoute(contentType: "text/plain; version=0.0.4; charset=utf-8") {
            ByteBuffer(string: "up 1\n")
        }
        let response = try await testApplication([routes]).test(.router) {
            try await $0.execute(uri: "/metrics", method: .get, headers: self.badTenant)
        }
        #expect(response.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
        #expect(response.text == "up 1\n")
    }

    private var badTenant: HTTPFields {
        HTTPField.Name("X-Tenant-Id").map { [$0: "not a tenant"] } ?? [:]
    }
}

/// Keeps what is logged.
struct RecordingLog: LogHandler {
    final class Lines: Sendable {
        let all = Mutex<[String]>([])
    }

    let lines = Lines()
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        self.lines.all.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
    }
}
