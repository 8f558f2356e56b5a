import EventLog
import HTTPTypes
import NIOCore
import Testing

@testable import Ingress

@Suite struct RoutingTests {
    private static func topic(ofType type: String, in table: RoutingTable) -> String {
        Array(type.utf8).withUnsafeBytes { table.topic(ofType: $0).name }
    }

    @Test func longestPrefixWinsAndTheFirstAmongEquals() {
        let table = RoutingTable(
            entries: [
                .init(typePrefix: "a.", topic: Topic("short")), .init(typePrefix: "a.b.", topic: Topic("long")),
                .init(typePrefix: "a.b.", topic: Topic("late")), .init(typePrefix: "a.b.c.d", topic: Topic("longest")),
            ], defaultTopic: Topic("rest"))
        #expect(Self.topic(ofType: "a.x", in: table) == "short")
        #expect(Self.topic(ofType: "a.b.x", in: table) == "long")
        #expect(Self.topic(ofType: "a.b.c.d", in: table) == "longest")
        #expect(Self.topic(ofType: "a", in: table) == "rest")
        #expect(table.topics.map(\.name) == ["rest", "short", "long", "late", "longest"])
    }
}

@Suite struct TraceContextTests {
    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let parent = "b7ad6b7169203331"

    @Test func traceStateIsCarriedOnlyWhereItIsAList() throws {
        var headers = HTTPFields()
        headers[try #require(HTTPField.Name("traceparent"))] = "00-\(Self.trace)-\(Self.parent)-01"
        headers[try #require(HTTPField.Name("tracestate"))] = "FOO=1"
        #expect(TraceContext(headers: headers)?.traceState == nil)
        #expect(TraceContext(headers: headers)?.traceParent.isEmpty == false)
    }

    @Test func severalTraceStatesAreOneList() throws {
        var headers = HTTPFields()
        headers[try #require(HTTPField.Name("traceparent"))] = "00-\(Self.trace)-\(Self.parent)-01"
        let name = try #require(HTTPField.Name("tracestate"))
        for value in ["foo=1,bar=2", "rojo=1,congo=2", "baz=3"] { headers.append(HTTPField(name: name, value: value)) }
        #expect(TraceContext(headers: headers)?.traceState == "foo=1,bar=2, rojo=1,congo=2, baz=3")
    }

    @Test(arguments: [" ", "\t", "\t \t"]) func whatSurroundsAValueIsNoPartOfIt(space: String) throws {
        var headers = HTTPFields()
        let trace = "00-\(Self.trace)-\(Self.parent)-01"
        // As the parser hands it over, which leaves tabs.
        headers[try #require(HTTPField.Name("traceparent"))] = trace
        #expect(TraceContext(headers: headers)?.traceParent == trace)
        let context = TraceContext(traceParents: [space + trace + space], traceState: space + "a=1, b=2" + space)
        #expect(context?.traceParent == trace)
        #expect(context?.traceState == "a=1, b=2")
        #expect(TraceContext(traceParents: [space], traceState: nil) == nil)
        #expect(TraceContext(traceParents: [trace + space + "x"], traceState: nil) == nil)
    }

    @Test func twoTraceParentsAreNone() throws {
        let name = try #require(HTTPField.Name("traceparent"))
        for version in ["00", "cc"] {
            var headers = HTTPFields()
            for suffix in ["", "-more"] {
                headers.append(
                    HTTPField(
                        name: name, value: "\(version)-\(Self.trace)-\(Self.parent)-01\(version == "cc" ? suffix : "")")
                )
            }
            #expect(TraceContext(headers: headers) == nil)
        }
    }
}

@Suite struct CorrelationIDTests {
    @Test func idsAreUUIDsOfVersionSevenWithTheirTime() {
        let id = CorrelationIDGenerator(seeds: (1, 2)).next(at: Timestamp(milliseconds: 0x0123_4567_89ab))
        let parts = id.split(separator: "-").map(String.init)
        #expect(parts.map(\.count) == [8, 4, 4, 4, 12])
        #expect(parts[0] + parts[1] == "0123456789ab")
        #expect(parts[2].first == "7")
        #expect("89ab".contains(parts[3].first ?? "x"))
        #expect(id.allSatisfy { $0 == "-" || ("0"..."9").contains($0) || ("a"..."f").contains($0) })
    }

    @Test func idsDifferAndSortByTime() {
        let generator = CorrelationIDGenerator()
        let ids = (0..<10_000).map { generator.next(at: Timestamp(milliseconds: Int64($0) << 8)) }
        #expect(Set(ids).count == ids.count)
        #expect(ids == ids.sorted())
        let same = (0..<10_000).map { _ in generator.next(at: Timestamp(milliseconds: 7)) }
        #expect(Set(same).count == same.count)
    }

    @Test func sameSeedsGiveTheSameIds() {
        let (first, second) = (CorrelationIDGenerator(seeds: (5, 6)), CorrelationIDGenerator(seeds: (5, 6)))
        for _ in 0..<10 { #expect(first.next(at: EventServer.now) == second.next(at: EventServer.now)) }
    }
}
