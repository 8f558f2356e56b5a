import CloudEvents
import EventDispatch
import HTTPServing
import HTTPTypes
import Identity
import Logging
import NIOCore
import Synchronization
import Testing

@testable import RouterAPI

/// `/v1/keys`, and what keys let through.
struct KeyRoutesTests {
    /// Keys that are made and presented, without a log.
    private struct Silent: AccessObserver {
        func refused(_ reason: AccessRefusal) {}
    }

    /// The API behind keys, and a key of everything.
    private static func secured() async throws -> (api: APIFixture, keys: InMemoryKeys, platform: APIKey) {
        let keys = InMemoryKeys()
        let callers = CredentialResolver(keys: keys, tokens: nil, defaultTenant: "default", observer: Silent())
        return (try APIFixture(callers: callers, keys: keys), keys, try await keys.make(.all, [.admin]))
    }

    private static func bearer(_ key: APIKey) -> HTTPFields { [.authorization: "Bearer \(key.text)"] }

    @Test func aNewKeyIsShownOnceAndWorks() async throws {
        let (api, keys, platform) = try await Self.secured()
        let made = try await api.send(
            .post, "/v1/keys", body: #"{"tenant":"acme","name":"till","scopes":["publish","read"]}"#,
            headers: Self.bearer(platform))
        #expect(made.status == 201)
        #expect(made.header("Cache-Control") == "no-store")
        let answer = try made.json()
        let text = try #require(answer["key"]?.string)
        #expect(keys.principal(presenting: text)?.scopes == [.publish, .read])
        #expect(keys.principal(presenting: text)?.reach == .one("acme"))
        #expect(answer["createdBy"]?.string == platform.id)
        let list = try await api.send(.get, "/v1/keys", headers: Self.bearer(platform))
        #expect(try list.json()["items"]?.array.count == 2)
        #expect(!list.text.contains(text.suffix(40)))
        #expect(!list.text.contains("sha256") && !list.text.contains(KeyDigest(of: text).hex))
        #expect(made.header("Location") == "/v1/keys/\(answer["id"]?.string ?? "")")
    }

    @Test func aTenantsAdminHasItsOwnKeysOnly() async throws {
        let (api, keys, _) = try await Self.secured()
        let (acme, other) = (try await keys.make(.one("acme"), [.admin]), try await keys.make(.one("other"), [.admin]))
        let list = try await api.send(.get, "/v1/keys", headers: Self.bearer(acme))
        #expect(try list.json()["items"]?.array.compactMap { $0["id"]?.string } == [acme.id])
        let foreign = try await api.send(.delete, "/v1/keys/\(other.id)", headers: Self.bearer(acme))
        let unknown = try await api.send(.delete, "/v1/keys/0000000000000000", headers: Self.bearer(acme))
        #expect(foreign.status == 404 && foreign.text == unknown.text)
        for tenant in ["other", "*"] {
            let body = #"{"tenant":"\#(tenant)","scopes":["read"]}"#
            let answer = try await api.send(.post, "/v1/keys", body: body, headers: Self.bearer(acme))
            #expect(answer.status == 403)
        }
        let own = try await api.send(.post, "/v1/keys", body: #"{"scopes":["read"]}"#, headers: Self.bearer(acme))
        #expect(try own.json()["tenant"]?.string == "acme")
        #expect(try await api.send(.delete, "/v1/keys/\(acme.id)", headers: Self.bearer(acme)).status == 204)
        #expect(try await api.send(.get, "/v1/keys", headers: Self.bearer(acme)).status == 401)
    }

    @Test func whatIsWrongIsNamed() async throws {
        let api = try APIFixture()
        for (body, status, pointers) in [
            (#"{"scopes":[]}"#, 422, ["/scopes"]), (#"{"scopes":["all"]}"#, 422, ["/scopes/0"]),
            (#"{"name":"x"}"#, 422, ["/scopes"]), (#"{"scopes":["read"],"tenant":"a b"}"#, 422, ["/tenant"]),
            (#"{"scopes":["read"],"name":"a\u0007"}"#, 422, ["/name"]),
            (#"{"scopes":["read"],"expiresAt":"2001-01-01T00:00:00Z"}"#, 422, ["/expiresAt"]),
            (#"{"scopes":["read"],"key":"mine"}"#, 422, ["/key"]),
        ] {
            let answer = try await api.send(.post, "/v1/keys", body: body)
            #expect(answer.status == status, "\(body)")
            #expect(try answer.pointers() == pointers, "\(body)")
        }
    }

    /// Every call of the document, by every scope alone: exactly those that the table names get past the door.
    @Test(arguments: Scope.allCases)
    func aScopeOpensWhatTheTableSays(scope: Scope) async throws {
        let (api, keys, _) = try await Self.secured()
        let key = try await keys.make(.one("acme"), [scope])
        for operation in api.description.operations where operation.path.hasPrefix("/v1/") {
            // The ways in are not a part of this surface, and a stream does not end.
            guard operation.path != "/v1/events/stream", operation.description != "POST /v1/events",
                operation.path != "/v1/webhooks/{endpointId}",
                let method = HTTPRequest.Method(rawValue: operation.method)
            else { continue }
            let path = operation.path.replacing(/\{[a-z]+\}/, with: "x")
            let need = try #require(AccessTable.need(method: operation.method, path: operation.path))
            let isAllowed = keys.principal(presenting: key.text)?.may(need) == true
            let body = method == .post || method == .put ? "{}" : nil
            let status = try await api.send(method, path, body: body, headers: Self.bearer(key)).status
            #expect((status == 403) == !isAllowed, "\(operation): \(status)")
            let stranger = try await api.send(method, path, body: body).status
            #expect(stranger == (need == .nothing ? 200 : 401), "\(operation): \(stranger)")
        }
    }

    @Test func theTableHasEveryCallOfTheDocumentAndNoOther() throws {
        let described = Set(try OpenAPIDescription().operations.map(\.description))
        let ruled = Set(AccessTable.rules.map { "\($0.method) \($0.path)" })
        #expect(described.subtracting(ruled).isEmpty)
        #expect(ruled.subtracting(described).isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func everythingThatChangesIsTold() async throws {
        let trail = RecordedTrail()
        let journal = AuditJournal(trail: trail, logger: .init(label: "test"))
        let keys = InMemoryKeys()
        let callers = CredentialResolver(keys: keys, tokens: nil, defaultTenant: "default", observer: Silent())
        let api = try APIFixture(callers: callers, keys: keys, audit: journal)
        let admin = try await keys.make(.all, [.admin])
        let headers = Self.bearer(admin)
        api.deadLetters.state.withLock { $0.letters = [APIFixture.deadLetter("d1"), APIFixture.deadLetter("d2")] }
        let orders = #"{"id":"orders","sink":"https://sink.example/in","protocol":"HTTP"}"#
        _ = try await api.send(.post, "/v1/subscriptions", body: orders, headers: headers)
        let subscription = #"{"sink":"https://sink.example/in","protocol":"HTTP","config":{"signing":{}}}"#
        _ = try await api.send(.put, "/v1/subscriptions/orders", body: subscription, headers: headers)
        for act in ["pause", "resume"] {
            _ = try await api.send(.post, "/v1/subscriptions/orders/\(act)", headers: headers)
        }
        _ = try await api.send(.get, "/v1/subscriptions/orders/secret", headers: headers)
        _ = try await api.send(.post, "/v1/subscriptions/orders/secret/rotate", body: "{}", headers: headers)
        let replay = try await api.send(.post, "/v1/replays", body: #"{"subscription":"orders"}"#, headers: headers)
        let id = try #require(try replay.json()["id"]?.string)
        for act in ["pause", "resume", "cancel"] {
            _ = try await api.send(.post, "/v1/replays/\(id)/\(act)", headers: headers)
        }
        _ = try await api.send(.post, "/v1/dead-letters/redrive", body: #"{"ids":["d1"]}"#, headers: headers)
        _ = try await api.send(.delete, "/v1/dead-letters/d2", headers: headers)
        _ = try await api.send(.delete, "/v1/subscriptions/orders", headers: headers)
        let made = try await api.send(.post, "/v1/keys", body: #"{"scopes":["read"]}"#, headers: headers)
        _ = try await api.send(.delete, made.header("Location") ?? "", headers: headers)
        let hub = #"{"id":"hub","provider":"github","secrets":["s"]}"#
        _ = try await api.send(.post, "/v1/webhook-endpoints", body: hub, headers: headers)
        _ = try await api.send(.put, "/v1/webhook-endpoints/hub", body: #"{"provider":"slack"}"#, headers: headers)
        _ = try await api.send(.delete, "/v1/webhook-endpoints/hub", headers: headers)
        _ = try await api.send(.put, "/v1/tenants/acme/limits", body: #"{"weight":2}"#, headers: headers)
        _ = try await api.send(.delete, "/v1/tenants/acme/limits", headers: headers)
        let type = #"{"type":"order.Created","schema":{"type":"object"}}"#
        _ = try await api.send(.post, "/v1/event-types", body: type, headers: headers)
        _ = try await api.send(.put, "/v1/event-types/order.Created", body: #"{"mode":"off"}"#, headers: headers)
        _ = try await api.send(.delete, "/v1/event-types/order.Created", headers: headers)
        // What is refused, or only looked at, is no act.
        _ = try await api.send(.delete, "/v1/subscriptions/nothing", headers: headers)
        let dryRun = #"{"sink":"https://a.example/","dryRun":true}"#
        _ = try await api.send(.post, "/v1/replays", body: dryRun, headers: headers)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await journal.run() }
            let kinds = AdministrativeAct.Kind.allCases.count
            while trail.events.count < kinds { try await Task.sleep(for: .milliseconds(1)) }
            group.cancelAll()
        }
        let told = Set(trail.events.map { $0.event.type })
        #expect(told == Set(AdministrativeAct.Kind.allCases.map { "com.portarium.audit.\($0.rawValue).v1" }))
        #expect(trail.events.count == told.count)
        let key = try #require(try made.json()["key"]?.string)
        for event in trail.events {
            #expect(event.event.attributes["authtype"] == "api_key")
            #expect(event.event.attributes["authid"] == admin.id)
            let data = event.event.data.map { String(buffer: $0) } ?? ""
            #expect(data.contains(#""principal":{"id":"\#(admin.id)""#), "\(data)")
            #expect(!data.contains(key) && !data.contains(admin.text))
        }
    }

    @Test func whereNobodySignsInNobodyIsToldOf() async throws {
        let trail = RecordedTrail()
        let journal = AuditJournal(trail: trail, logger: .init(label: "test"))
        let api = try APIFixture(audit: journal)
        try await api.subscribe("orders")
        _ = try await api.send(.delete, "/v1/subscriptions/orders")
        let platform = Principal(kind: .bootstrap, id: "p", name: "p", reach: .all, scopes: [.admin])
        journal.note(AdministrativeAct(.keyCreated, subject: "last"), by: platform, tenant: "default")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await journal.run() }
            while trail.events.isEmpty { try await Task.sleep(for: .milliseconds(1)) }
            group.cancelAll()
        }
        #expect(trail.events.map { $0.event.subject } == ["last"])
    }
}

/// Audit events in memory.
final class RecordedTrail: AuditTrail {
    private let recorded = Mutex<[AuditEvent]>([])

    var events: [AuditEvent] { self.recorded.withLock { $0 } }

    func append(_ event: AuditEvent) async throws { self.recorded.withLock { $0.append(event) } }
}
