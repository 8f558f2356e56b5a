import FoundationEssentials
import Subscriptions
import Testing

@Suite struct FilterCodingTests {
    static let filters: [Filter] = [
        .exact(["type": "a"]), .prefix(["type": "a", "subject": "b"]), .suffix(["type": "ü\"\\"]),
        .all([.exact(["a": "b"]), .sql("EXISTS x")]),
        .any([.not(.not(.prefix(["a": "b"])))]), .not(.sql("type LIKE 'a%'")), .sql("1 = 1"),
    ]

    @Test(arguments: filters)
    func aFilterIsReadAsItWasWritten(_ filter: Filter) throws {
        let data = Data(try filter.json().utf8)
        #expect(try JSONDecoder().decode(Filter.self, from: data) == filter)
        #expect(try JSONDecoder().decode([Filter].self, from: Data("[".utf8) + data + Data("]".utf8)) == [filter])
    }

    @Test func theWrittenFormIsTheSubscriptionsAPI() throws {
        #expect(
            try Filter.all([.exact(["type": "a"]), .not(.sql("TRUE"))]).json()
                == #"{"all":[{"exact":{"type":"a"}},{"not":{"sql":"TRUE"}}]}"#)
    }

    @Test(arguments: [
        (#"{"filters":[{"exact":{"a":"b"}},{"regex":"x"}]}"#, "filters/Index 1/regex", "unsupported dialect"),
        (#"{"filters":[{"all":[{"exact":{"A":"b"}}]}]}"#, "filters/Index 0/all/0/exact/A", "lower-case"),
        (#"{"filters":[{"sql":"a ="}]}"#, "filters/Index 0/sql", "too soon"),
        (#"{"filters":[{}]}"#, "filters/Index 0", "exactly one"),
    ])
    func inAnyDocumentAFaultCarriesItsPath(_ json: String, _ path: String, _ word: String) throws {
        struct Document: Decodable { var filters: [Filter] }
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Document.self, from: Data(json.utf8))
        }
        guard case .dataCorrupted(let context) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(context.codingPath.map(\.stringValue).joined(separator: "/") == path)
        #expect(context.debugDescription.contains(word), "\(context.debugDescription)")
    }

    @Test(arguments: [33, 300, 400, 10_000])
    func deepNestingIsACleanError(_ depth: Int) {
        let json =
            String(repeating: #"{"all":["#, count: depth) + #"{"sql":"TRUE"}"# + String(repeating: "]}", count: depth)
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Filter.self, from: Data(json.utf8)) }
    }
}
