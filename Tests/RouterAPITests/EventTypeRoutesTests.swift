import EventDispatch
import HTTPTypes
import NIOCore
import Testing

@testable import RouterAPI

/// `/v1/event-types` over the service that the router has.
struct EventTypeRoutesTests {
    private static let path = "/v1/event-types"
    private static let order = #"{"type":"object","properties":{"total":{"type":"integer"}},"required":["total"]}"#
    private static let wider =
        #"{"type":"object","properties":{"total":{"type":"number"},"note":{}},"required":["total"]}"#
    private static let narrower =
        #"{"type":"object","properties":{"total":{"type":"integer"}},"required":["total","note"]}"#

    private static func body(_ schema: String, _ more: String = "") -> String {
        #"{"type":"order.Created","schema":\#(schema)\#(more)}"#
    }

    @Test func registeringAnswersWithTheTypeAndItsSchemaAsItWasSent() async throws {
        let api = try APIFixture()
        let schema = "{ \"maximum\": 12345678901234567890.10,\n \"b\": 1, \"a\": 2 }"
        let answer = try await api.send(.post, Self.path, body: Self.body(schema))
        #expect(answer.status == 201)
        #expect(answer.header("Location") == "/v1/event-types/order.Created")
        let json = try answer.json()
        #expect(json["type"]?.string == "order.Created")
        #expect(json["version"]?.int == 1)
        #expect(json["mode"]?.string == "warn")
        #expect(json["compatibility"]?.string == "backward")
        for path in [Self.path, "\(Self.path)/order.Created", "\(Self.path)/order.Created/versions/latest"] {
            #expect(String(buffer: try await api.send(.get, path).body).contains(schema), "\(path)")
        }
    }

    @Test func aCompatibleSchemaIsTheNextVersion() async throws {
        let api = try APIFixture()
        _ = try await api.send(.post, Self.path, body: Self.body(Self.order))
        let again = try await api.send(.post, Self.path, body: Self.body(" " + Self.order))
        #expect(again.status == 200)
        #expect(try again.json()["version"]?.int == 1)
        let next = try await api.send(
            .post, Self.path, body: Self.body(Self.wider, #","mode":"enforce","compatibility":"full""#))
        #expect(next.status == 201)
        #expect(next.header("Location") == "/v1/event-types/order.Created/versions/2")
        #expect(try next.json()["version"]?.int == 2)
        #expect(try next.json()["mode"]?.string == "enforce")
        #expect(try next.json()["compatibility"]?.string == "full")
        let versions = try await api.send(.get, "\(Self.path)/order.Created/versions?limit=1")
        #expect(try versions.json()["items"]?[0]?["version"]?.int == 1)
        let cursor = try #require(try versions.json()["nextCursor"]?.string)
        let rest = try await api.send(.get, "\(Self.path)/order.Created/versions?cursor=\(cursor)")
        #expect(try rest.json()["items"]?[0]?["version"]?.int == 2)
        #expect(try rest.json()["nextCursor"] == nil)
    }

    @Test func anIncompatibleSchemaIsRefusedWithThePlaces() async throws {
        let api = try APIFixture()
        _ = try await api.send(.post, Self.path, body: Self.body(Self.order))
        let answer = try await api.send(.post, Self.path, body: Self.body(Self.narrower))
        #expect(answer.status == 409)
        let errors = try answer.json()["errors"]
        #expect(errors?[0]?["pointer"]?.string == "/schema/required")
        #expect(errors?[0]?["detail"]?.string?.contains("'note'") == true)
        #expect(errors?[1] == nil)
        let version = try await api.send(.post, "\(Self.path)/order.Created/versions", body: #"{"schema":false}"#)
        #expect(version.status == 409)
        let free = try await api.send(.put, "\(Self.path)/order.Created", body: #"{"compatibility":"none"}"#)
        #expect(free.status == 200)
        let taken = try await api.send(
            .post, "\(Self.path)/order.Created/versions", body: #"{"schema":\#(Self.narrower)}"#)
        #expect(taken.status == 201)
        #expect(taken.header("Location") == "/v1/event-types/order.Created/versions/2")
        #expect(try await api.send(.get, "\(Self.path)/order.Created/versions/1").status == 200)
    }

    @Test func settingsChangeWithoutTheSchema() async throws {
        let api = try APIFixture()
        let created = try await api.send(.post, Self.path, body: Self.body(Self.order))
        let back = try await api.send(.put, "\(Self.path)/order.Created", bytes: created.body)
        #expect(back.status == 200)
        #expect(try back.json() == created.json())
        let off = try await api.send(.put, "\(Self.path)/order.Created", body: #"{"mode":"off"}"#)
        #expect(try off.json()["mode"]?.string == "off")
        #expect(try off.json()["version"]?.int == 1)
        let other = try await api.send(.put, "\(Self.path)/order.Created", body: Self.body(Self.wider))
        #expect(other.status == 422)
        #expect(try other.json()["errors"]?[0]?["pointer"]?.string == "/schema")
    }

    @Test(arguments: [
        (#"{"schema":{}}"#, ["/type"]), (#"{"type":"t"}"#, ["/schema"]), (#"{"type":"a b","schema":{}}"#, ["/type"]),
        (#"{"type":"t","schema":{"type":"text"}}"#, ["/schema/type"]),
        (#"{"type":"t","schema":{"properties":{"a":{"pattern":"(?=a)"}}}}"#, ["/schema/properties/a/pattern"]),
        (##"{"type":"t","schema":{"$ref":"https://example.com/x"}}"##, ["/schema/$ref"]),
        (#"{"type":"t","schema":[]}"#, ["/schema"]),
        (#"{"mode":"maybe","compatibility":"some"}"#, ["/type", "/schema", "/mode", "/compatibility"]),
        (#"{"type":"t","schema":{},"colour":1}"#, ["/colour"]),
        (#"{"type":1,"schema":{}}"#, ["/type"]),
    ])
    func whatIsWrongIsNamed(_ body: String, _ pointers: [String]) async throws {
        let answer = try await APIFixture().send(.post, Self.path, body: body)
        #expect(answer.status == 422, "\(body)")
        #expect(try answer.json()["errors"]?.array.compactMap { $0["pointer"]?.string } == pointers)
    }

    @Test func limitsHold() async throws {
        let api = try APIFixture(
            eventTypes: InMemoryEventTypes { configuration in
                configuration.schemaBytesMax = 256
                configuration.typesPerTenantMax = 1
                configuration.versionsMax = 2
            })
        let long = #"{"description":"\#(String(repeating: "x", count: 300))"}"#
        let large = try await api.send(.post, Self.path, body: Self.body(long))
        #expect(large.status == 422)
        #expect(try large.json()["detail"]?.string?.contains("eventTypes.schemaBytesMax") == true)
        for minimum in [3, 2, 1] {
            let answer = try await api.send(.post, Self.path, body: Self.body(#"{"minimum":\#(minimum)}"#))
            #expect(answer.status == 201)
        }
        #expect(try await api.send(.get, "\(Self.path)/order.Created/versions/1").status == 404)
        #expect(try await api.send(.get, "\(Self.path)/order.Created/versions/2").status == 200)
        let second = try await api.send(.post, Self.path, body: #"{"type":"other","schema":{}}"#)
        #expect(second.status == 429)
        #expect(try await api.send(.post, Self.path, body: #"{"type":"other","schema":{}}"#, tenant: "b").status == 201)
    }

    @Test func whatIsAnotherTenantsIsNotThere() async throws {
        let api = try APIFixture()
        _ = try await api.send(.post, Self.path, body: Self.body(Self.order), tenant: "a")
        let path = "\(Self.path)/order.Created"
        for (method, path, body) in [
            (HTTPRequest.Method.get, path, nil), (.get, "\(path)/versions", nil), (.get, "\(path)/versions/1", nil),
            (.put, path, #"{"mode":"off"}"#), (.delete, path, nil),
            (.post, "\(path)/versions", #"{"schema":{}}"#),
        ] {
            #expect(try await api.send(method, path, body: body, tenant: "b").status == 404, "\(method) \(path)")
        }
        #expect(try await api.send(.get, Self.path, tenant: "b").json()["items"]?.array.isEmpty == true)
        #expect(try await api.send(.get, path, tenant: "a").status == 200)
        #expect(try await api.send(.delete, path, tenant: "a").status == 204)
        #expect(try await api.send(.get, path, tenant: "a").status == 404)
    }

    @Test func namesAreDecodedAndVersionsAreNumbers() async throws {
        let api = try APIFixture()
        let body = #"{"type":"a/b~?","schema":{}}"#
        let answer = try await api.send(.post, Self.path, body: body)
        #expect(answer.header("Location") == "/v1/event-types/a%2Fb~%3F")
        #expect(try await api.send(.get, "\(Self.path)/a%2Fb~%3F").status == 200)
        for version in ["0", "01", "-1", "2", "x", "99999999999999999999"] {
            #expect(
                try await api.send(.get, "\(Self.path)/a%2Fb~%3F/versions/\(version)").status == 404, "\(version)")
        }
    }

    @Test func theListGoesOnWhereItEnded() async throws {
        let api = try APIFixture()
        for type in ["c", "a", "b"] {
            _ = try await api.send(.post, Self.path, body: #"{"type":"\#(type)","schema":true}"#)
        }
        let first = try await api.send(.get, "\(Self.path)?limit=2").json()
        #expect(first["items"]?.array.compactMap { $0["type"]?.string } == ["a", "b"])
        let cursor = try #require(first["nextCursor"]?.string)
        let second = try await api.send(.get, "\(Self.path)?limit=2&cursor=\(cursor)").json()
        #expect(second["items"]?.array.compactMap { $0["type"]?.string } == ["c"])
        for cursor in ["nothing", "event-type~", "event-type~a%20b", "key~a"] {
            #expect(try await api.send(.get, "\(Self.path)?cursor=\(cursor)").status == 400)
        }
        for cursor in ["1", "event-type-version~x", "event-type-version~-1"] {
            #expect(try await api.send(.get, "\(Self.path)/a/versions?cursor=\(cursor)").status == 400)
        }
    }
}
