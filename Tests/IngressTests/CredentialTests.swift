import HTTPServing
import Hummingbird
import HummingbirdTesting
import Identity
import Ingress
import NIOCore
import Synchronization
import Testing

/// Who may publish, on both ways into the event endpoint.
@Suite(.timeLimit(.minutes(1))) struct CredentialTests {
    private struct Case: Sendable {
        var headers: String
        var status: Int
        var says: String
        var reason: AccessRefusal?
    }

    private static let bearer = "authorization: Bearer "
    private static let cases: [Case] = [
        Case(headers: bearer + "publisher\r\n", status: 202, says: #""accepted":1"#, reason: nil),
        Case(headers: "authorization: bearer  publisher\r\n", status: 202, says: "accepted", reason: nil),
        Case(headers: bearer + "publisher\r\nx-tenant-id: acme\r\n", status: 202, says: "accepted", reason: nil),
        Case(headers: bearer + "platform\r\nx-tenant-id: other\r\n", status: 202, says: "accepted", reason: nil),
        Case(headers: bearer + NamedCredentials.token + "\r\n", status: 202, says: "accepted", reason: nil),
        Case(headers: "", status: 401, says: #"Bearer realm="portarium""# + "\r\n", reason: .noCredential),
        Case(headers: "x-tenant-id: acme\r\n", status: 401, says: "unauthenticated", reason: .noCredential),
        Case(headers: "authorization: Basic YTpi\r\n", status: 401, says: "Bearer", reason: .noCredential),
        Case(headers: "authorization: Bearer\r\n", status: 401, says: "once", reason: .noCredential),
        Case(headers: bearer + "a b\r\n", status: 401, says: "once", reason: .noCredential),
        Case(
            headers: bearer + "publisher\r\n" + bearer + "publisher\r\n", status: 401, says: "once",
            reason: .noCredential),
        Case(headers: bearer + "wrong\r\n", status: 401, says: #"error="invalid_token""#, reason: .invalidCredential),
        Case(
            headers: bearer + "wrong\r\nx-tenant-id: a b\r\n", status: 401, says: "invalid_token",
            reason: .invalidCredential),
        Case(headers: bearer + "a.b.c\r\n", status: 401, says: "the token is wrong", reason: .invalidCredential),
        Case(
            headers: bearer + "reader\r\n", status: 403, says: #"error="insufficient_scope", scope="publish""#,
            reason: .insufficientScope),
        Case(
            headers: bearer + "publisher\r\nx-tenant-id: other\r\n", status: 403, says: "another tenant",
            reason: .foreignTenant),
        Case(headers: bearer + "a.b.tenantless\r\n", status: 403, says: "no tenant", reason: .foreignTenant),
        Case(headers: bearer + "publisher\r\nx-tenant-id: a b\r\n", status: 400, says: "invalid-tenant", reason: nil),
    ]

    private static func answer(
        to headers: String, isDirect: Bool, _ refusals: RecordedRefusals = RecordedRefusals()
    ) async throws -> (text: String, server: EventServer) {
        let credentials = NamedCredentials()
        let server = try EventServer(
            callers: CredentialResolver(
                keys: credentials, tokens: credentials, defaultTenant: "default", observer: refusals))
        let body = event()
        let text = try await server.application(isDirect: isDirect).test(.live) { client in
            try await RawClient.connected(port: try #require(client.port)) { connection in
                try await connection.send(
                    "POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/cloudevents+json\r\n"
                        + "\(headers)content-length: \(body.utf8.count)\r\n\r\n\(body)")
                try await connection.endInput()
                return await connection.receiveAll()
            }
        }
        return (text, server)
    }

    @Test(arguments: cases.indices, [true, false])
    func aCredentialIsTakenOrRefused(index: Int, isDirect: Bool) async throws {
        let one = Self.cases[index]
        let refusals = RecordedRefusals()
        let (text, server) = try await Self.answer(to: one.headers, isDirect: isDirect, refusals)
        #expect(text.hasPrefix("HTTP/1.1 \(one.status) "), "\(one): \(text)")
        #expect(text.contains(one.says), "\(one): \(text)")
        #expect(refusals.all == (one.reason.map { [$0] } ?? []), "\(one)")
        #expect(server.writer.records.count == (one.status == 202 ? 1 : 0))
        #expect(server.counter.open.withLock { $0 } == 0)
        if one.status == 401 { #expect(text.lowercased().contains("www-authenticate: bearer")) }
    }

    @Test(arguments: [true, false])
    func theEventIsTheCredentialsTenants(isDirect: Bool) async throws {
        for (headers, tenant) in [
            (Self.bearer + "publisher\r\n", "acme"), (Self.bearer + "platform\r\nx-tenant-id: other\r\n", "other"),
            (Self.bearer + "platform\r\n", "default"),
        ] {
            let (_, server) = try await Self.answer(to: headers, isDirect: isDirect)
            #expect(server.writer.records.first?.headers["ce_tenantid"] == tenant)
        }
    }

    /// Whoever has no key sends as much as it likes: nothing of it is read.
    @Test(arguments: [true, false])
    func aRefusalDoesNotWaitForTheBody(isDirect: Bool) async throws {
        let credentials = NamedCredentials()
        let server = try EventServer(
            callers: CredentialResolver(
                keys: credentials, tokens: nil, defaultTenant: "default", observer: RecordedRefusals()))
        let answer = try await server.application(isDirect: isDirect).test(.live) { client in
            try await RawClient.connected(port: try #require(client.port)) { connection in
                try await connection.send(
                    "POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/cloudevents+json\r\n"
                        + "content-length: 5000000\r\n\r\n{")
                return try await connection.receive(until: "\r\n\r\n")
            }
        }
        #expect(answer.hasPrefix("HTTP/1.1 401 "))
    }

    @Test func nobodyMayMakeACallThatTheTableDoesNotHave() async throws {
        let router = HTTPApplication.makeRouter(routes: [TestRoutes()], callers: HeaderTenantResolver())
        try await Application(router: router).test(.router) { client in
            try await client.execute(uri: "/things", method: .get) { #expect($0.status == .forbidden) }
        }
    }
}
