import HTTPServing
import HTTPTypes
import Identity
import Testing

@testable import RouterAPI

struct TenantRoutesTests {
    private static let path = "/v1/tenants/acme/limits"

    @Test func limitsAreShownSetAndReset() async throws {
        let api = try APIFixture()
        let fresh = try await api.send(.get, Self.path).json()
        #expect(fresh["tenant"]?.string == "acme")
        #expect(fresh["inFlight"]?.int == 512)
        #expect(fresh["eventsPerSecond"]?.int == 0)
        #expect(fresh["overridden"]?[0] == nil)
        let set = try await api.send(
            .put, Self.path, body: #"{"eventsPerSecond":500,"inFlight":10,"weight":null}"#)
        #expect(set.status == 200)
        #expect(try set.json()["eventsPerSecond"]?.int == 500)
        #expect(try set.json()["overridden"]?[1]?.string == "inFlight")
        #expect(try set.json()["overridden"]?[2] == nil)
        // What was shown can be put back; null is the default.
        let again = try await api.send(
            .put, Self.path,
            body: #"{"tenant":"acme","overridden":["x"],"updatedAt":"x","eventsPerSecond":null,"inFlight":10}"#)
        #expect(try again.json()["eventsPerSecond"]?.int == 0)
        #expect(try await api.send(.delete, Self.path).status == 204)
        #expect(try await api.send(.get, Self.path).json()["inFlight"]?.int == 512)
    }

    @Test func usageIsShownBesideTheLimits() async throws {
        let api = try APIFixture()
        _ = try await api.send(.put, Self.path, body: #"{"eventsPerSecond":500}"#)
        let usage = try await api.send(.get, "/v1/tenants/acme/usage").json()
        #expect(usage["eventsPerSecond"]?["limit"]?.int == 500)
        #expect(usage["eventsPerSecond"]?["available"]?.int == 7)
        #expect(usage["bytesPerSecond"]?["available"] == nil)
        #expect(usage["deadLetters"]?["current"]?.int == 4)
        #expect(usage["inFlight"]?["limit"]?.int == 512)
        #expect(usage["accepted"]?["events"]?.int == 100)
        #expect(usage["throttled"]?["requests"]?.int == 1)
    }

    @Test(arguments: [
        (#"{"eventsPerSecond":-1}"#, "/eventsPerSecond"), (#"{"weight":0}"#, "/weight"),
        (#"{"weight":1001}"#, "/weight"), (#"{"inFlight":0}"#, "/inFlight"),
        (#"{"subscriptions":1.5}"#, "/subscriptions"), (#"{"bytesPerSecond":"many"}"#, "/bytesPerSecond"),
        (#"{"eventsBurst":5,"eventsPerSecond":0}"#, "/eventsBurst"), (#"{"events":5}"#, "/events"),
    ])
    func whatIsNoLimitIsRefusedWithItsPlace(body: String, pointer: String) async throws {
        let api = try APIFixture()
        let answer = try await api.send(.put, Self.path, body: body)
        #expect(answer.status == 422)
        #expect(try answer.json()["errors"]?[0]?["pointer"]?.string == pointer)
    }

    @Test func whatIsNoTenantIsNotThere() async throws {
        let api = try APIFixture()
        for name in ["a%20b", String(repeating: "x", count: 65), "*"] {
            #expect(try await api.send(.get, "/v1/tenants/\(name)/limits").status == 404, "\(name)")
            #expect(try await api.send(.put, "/v1/tenants/\(name)/limits", body: "{}").status == 404, "\(name)")
        }
    }

    @Test func aTenantSeesItsOwnAndChangesNothing() async throws {
        let (keys, observer) = (InMemoryKeys(), Silent())
        let callers = CredentialResolver(keys: keys, tokens: nil, defaultTenant: "default", observer: observer)
        let api = try APIFixture(callers: callers, keys: keys)
        let own = Self.bearer(try await keys.make(.one("acme"), [.admin]))
        #expect(try await api.send(.get, Self.path, headers: own).status == 200)
        #expect(try await api.send(.get, "/v1/tenants/acme/usage", headers: own).status == 200)
        #expect(try await api.send(.put, Self.path, body: "{}", headers: own).status == 403)
        #expect(try await api.send(.delete, Self.path, headers: own).status == 403)
        for method in [HTTPRequest.Method.get, .put, .delete] {
            let body = method == .put ? "{}" : nil
            let answer = try await api.send(method, "/v1/tenants/other/limits", body: body, headers: own)
            #expect(answer.status == 404, "\(method)")
        }
        #expect(try await api.send(.get, "/v1/tenants/other/usage", headers: own).status == 404)
        let platform = Self.bearer(try await keys.make(.all, [.admin]))
        #expect(try await api.send(.put, Self.path, body: #"{"weight":3}"#, headers: platform).status == 200)
        let reader = Self.bearer(try await keys.make(.all, [.read]))
        #expect(try await api.send(.get, Self.path, headers: reader).json()["weight"]?.int == 3)
        #expect(try await api.send(.put, Self.path, body: "{}", headers: reader).status == 403)
    }

    private struct Silent: AccessObserver {
        func refused(_ reason: AccessRefusal) {}
    }

    private static func bearer(_ key: APIKey) -> HTTPFields { [.authorization: "Bearer \(key.text)"] }
}
