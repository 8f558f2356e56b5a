import CloudEvents
import EventLog
import HTTPServing
import HTTPTypes
import HummingbirdTesting
import Ingress
import NIOCore
import Synchronization
import Testing

/// What is refused is refused with a clear 4xx or 503, and nothing of it is appended.
@Suite struct EventRefusalTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var body: [UInt8]
        var status = 400
        /// What the problem says, each as it stands in its JSON.
        var says: [String] = []

        init(_ description: String, _ body: String, status: Int = 400, says: [String] = []) {
            self.init(description, bytes: Array(body.utf8), status: status, says: says)
        }

        init(_ description: String, bytes: [UInt8], status: Int = 400, says: [String] = []) {
            self.testDescription = description
            self.body = bytes
            self.status = status
            self.says = says
        }
    }

    static let structured: [Case] = [
        Case("nothing", ""),
        Case("white space", "  \n "),
        Case("an array", "[]"),
        Case("a number", "1"),
        Case("text", "hello"),
        Case("cut off", String(event().dropLast())),
        Case("rest", event() + "x"),
        Case("two events", event() + event()),
        Case("trailing comma", #"{"specversion":"1.0","id":"1","source":"/s","type":"t",}"#),
        Case(
            "no id", #"{"specversion":"1.0","source":"/s","type":"t"}"#,
            says: [#""attribute":"id""#, #""pointer":"/id""#]),
        Case("empty id", event(id: ""), says: [#""attribute":"id""#]),
        Case("no type", #"{"specversion":"1.0","source":"/s","id":"1"}"#, says: [#""attribute":"type""#]),
        Case("no specversion", #"{"id":"1","source":"/s","type":"t"}"#, says: [#""attribute":"specversion""#]),
        Case("specversion of the future", #"{"specversion":"9.9","id":"1","source":"/s","type":"t"}"#),
        Case("number as id", #"{"specversion":"1.0","id":1,"source":"/s","type":"t"}"#, says: [#""attribute":"id""#]),
        Case("object as extension", event(more: #","ext":{}"#), says: [#""attribute":"ext""#, #""byteOffset":"#]),
        Case("float as extension", event(more: #","ext":1.5"#)),
        Case("upper-case name", event(more: #","BadName":"x""#)),
        Case("name with a dash", event(more: #","bad-name":"x""#)),
        Case("name with a slash", event(more: #","a/b~c":"x""#), says: [#""pointer":"/a~1b~0c""#]),
        Case("empty name", event(more: #","":"x""#)),
        Case("twice", event(more: #","id":"2""#), says: [#""code":"duplicate-attribute""#]),
        Case("time that is none", event(more: #","time":"yesterday""#), says: [#""attribute":"time""#]),
        Case("data and data_base64", event(more: #","data":1,"data_base64":"AA==""#)),
        Case("base64 that is none", event(more: #","data_base64":"@@@""#)),
        Case("NUL in the text", "\u{0}" + event()),
        Case("NUL in a value", event(more: ",\"ext\":\"a\u{0}b\"")),
        Case("escaped NUL in a value", event(more: #","ext":"a\u0000b""#)),
        Case("lone surrogate", event(more: #","ext":"\ud800""#)),
        Case(
            "bytes that are no UTF-8 in a value",
            bytes: Array(event(more: #","ext":""#).utf8.dropLast()) + [0xff, 0xfe] + Array("\"}".utf8)),
        Case(
            "bytes that are no UTF-8 in data",
            bytes: Array(event(more: #","data":""#).utf8.dropLast()) + [0xc3, 0x28] + Array("\"}".utf8)),
        Case("UTF-16", bytes: event().utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }),
        Case(
            "10,000 attributes", event(more: (0..<10_000).map { ",\"ext\($0)\":\"v\"" }.joined()), status: 413,
            says: [#""code":"limit-exceeded""#, "urn:portarium:problem:too-large"]),
        Case(
            "a long value", event(more: ",\"ext\":\"\(String(repeating: "v", count: 70_000))\""), status: 413,
            says: [#""attribute":"ext""#]),
        Case(
            "a large event", event(more: ",\"data\":\"\(String(repeating: "v", count: 1_048_577))\""), status: 413),
        Case("deep data", event(more: ",\"data\":" + String(repeating: "[", count: 100_000)), status: 413),
    ]

    @Test(arguments: EventRefusalTests.structured)
    func structuredEventThatIsNotValid(refused: Case) async throws {
        let server = try EventServer()
        let response = try await server.post(ByteBuffer(bytes: refused.body))
        #expect(response.status.code == refused.status)
        #expect(response.headers[.contentType] == "application/problem+json")
        #expect(response.text.contains(#""code":""#))
        #expect(response.text.contains(#""reason":""#))
        #expect(response.body.readableBytes < 4096)
        for text in refused.says { #expect(response.text.contains(text)) }
        #expect(server.writer.appends.isEmpty)
        #expect(server.counter.accepted.withLock { $0.isEmpty })
        #expect(server.counter.refused.withLock { $0.count } == 1)
        #expect(server.budget.bytes == 0)
    }

    @Test(arguments: [
        ([("ce-id", "2")], "duplicate-attribute", "header:ce-id"),
        ([("ce-bad_name", "x")], "invalid-attribute-name", "header:ce-bad_name"),
        ([("ce-time", "yesterday")], "invalid-attribute-value", "header:ce-time"),
        ([("ce-ext", "%ff%fe")], "invalid-attribute-value", "header:ce-ext"),
        ([("ce-ext", "%00")], "invalid-attribute-value", "header:ce-ext"),
        ([("ce-subject", "")], "invalid-attribute-value", "header:ce-subject"),
        ([("ce-partitionkey", "")], "invalid-attribute-value", "header:ce-partitionkey"),
    ])
    func binaryEventThatIsNotValid(headers: [(String, String)], code: String, pointer: String) async throws {
        let server = try EventServer()
        let required = [("ce-specversion", "1.0"), ("ce-id", "1"), ("ce-source", "/s"), ("ce-type", "t")]
        let response = try await server.post("{}", contentType: "application/json", headers: required + headers)
        #expect(response.status == .badRequest)
        #expect(response.text.contains("\"code\":\"\(code)\""))
        #expect(response.text.contains("\"pointer\":\"\(pointer)\""))
        #expect(server.writer.appends.isEmpty)
    }

    @Test func requestWithoutAnyAttributeIsNoEvent() async throws {
        let server = try EventServer()
        let response = try await server.post("{}", contentType: "application/json")
        #expect(response.status == .badRequest)
        #expect(response.text.contains(#""code":"missing-attribute""#))
        #expect(server.writer.appends.isEmpty)
    }

    @Test(arguments: [
        "application/cloudevents+avro", "application/cloudevents+json; charset=utf-16",
        "application/cloudevents-batch+xml",
    ])
    func mediaTypeThatNamesNoMode(contentType: String) async throws {
        let server = try EventServer()
        let response = try await server.post(event(), contentType: contentType)
        #expect(response.status == .unsupportedMediaType)
        #expect(response.text.contains("urn:portarium:problem:unsupported-media-type"))
        #expect(server.writer.appends.isEmpty)
    }

    @Test func compressedBodyIsRefused() async throws {
        let server = try EventServer()
        let response = try await server.post(event(), headers: [("content-encoding", "gzip")])
        #expect(response.status == .unsupportedMediaType)
        #expect(response.headers[.acceptEncoding] == "identity")
        #expect(server.writer.appends.isEmpty)
        #expect(try await server.post(event(), headers: [("content-encoding", "identity")]).status == .accepted)
    }

    @Test(arguments: [
        (["{}"], 0), ([event(), event(id: "")], 1), ([event(), event(), "1"], 2), ([event(), "null", event()], 1),
    ])
    func oneBadEventRefusesItsBatch(events: [String], index: Int) async throws {
        let server = try EventServer()
        let response = try await server.postBatch(events)
        #expect(response.status == .badRequest)
        #expect(response.text.contains("\"index\":\(index)"))
        #expect(response.text.contains("\"pointer\":\"/\(index)"))
        #expect(server.writer.appends.isEmpty)
    }

    @Test(arguments: ["", "{}", event(), "[" + event(), "[" + event() + ",]", "[" + event() + "]x", "[,]"])
    func batchThatIsNoArrayOfEvents(body: String) async throws {
        let server = try EventServer()
        let response = try await server.post(body, contentType: "application/cloudevents-batch+json")
        #expect(response.status == .badRequest)
        #expect(server.writer.appends.isEmpty)
    }

    @Test func batchOverItsLimitIsTooLarge() async throws {
        let server = try EventServer(limits: CloudEventLimits(batchEventsMax: 2))
        #expect(try await server.postBatch([event(id: "a"), event(id: "b")]).status == .accepted)
        let response = try await server.postBatch([event(id: "a"), event(id: "b"), event(id: "c")])
        #expect(response.status == .contentTooLarge)
        #expect(response.text.contains(#""code":"limit-exceeded""#))
        #expect(server.writer.appends.count == 1)
    }

    @Test func bodyOverItsLimitIsTooLarge() async throws {
        let server = try EventServer(bodyBytesMax: 1000)
        let response = try await server.post(event(more: ",\"data\":\"\(String(repeating: "v", count: 1000))\""))
        #expect(response.status == .contentTooLarge)
        #expect(response.text.contains(#""limit":"bodyBytesMax","limitValue":1000"#))
        #expect(server.writer.appends.isEmpty)
        #expect(server.counter.refused.withLock { $0 } == [.tooLarge])
    }

    // MARK: The log

    @Test(arguments: [
        (EventLogError.Code.overloaded, 503, "overloaded"), (.unavailable, 503, "unavailable"),
        (.closed, 503, "unavailable"), (.unknownTopic, 503, "unavailable"), (.tooLarge, 413, "too-large"),
    ])
    func logThatDoesNotTakeTheRecords(code: EventLogError.Code, status: Int, type: String) async throws {
        let server = try EventServer()
        server.writer.fail(EventLogError(code, "at /secret/path"))
        let response = try await server.post(event())
        #expect(response.status.code == status)
        #expect(response.text.contains("urn:portarium:problem:\(type)\""))
        #expect(response.text.contains("\"code\":\"\(code.name)\""))
        #expect(!response.text.contains("secret"))
        #expect(response.headers[.retryAfter] == (status == 503 ? "1" : nil))
        #expect(server.budget.requests == 0)
    }

    @Test func requestsBeyondTheBudgetAreRefusedUntilTheLogCatchesUp() async throws {
        let server = try EventServer(budget: InFlightBudget(bytesMax: 100_000, requestsMax: 3))
        server.writer.hold()
        try await withThrowingTaskGroup(of: TestResponse.self) { group in
            for index in 0..<3 { group.addTask { try await server.post(event(id: "held-\(index)")) } }
            await server.writer.awaitAppends(3)
            let refused = try await server.post(event(id: "refused"))
            #expect(refused.status == .serviceUnavailable)
            #expect(refused.headers[.retryAfter] == "1")
            #expect(refused.text.contains("urn:portarium:problem:overloaded"))
            server.writer.release()
            for try await response in group { #expect(response.status == .accepted) }
        }
        #expect(try await server.post(event(id: "later")).status == .accepted)
        let ids = server.writer.records.compactMap { $0.headers["ce_id"] }
        #expect(Set(ids) == ["held-0", "held-1", "held-2", "later"])
    }

    @Test func bytesBeyondTheBudgetAreRefused() async throws {
        let body = event(more: ",\"data\":\"\(String(repeating: "v", count: 600))\"")
        let server = try EventServer(budget: InFlightBudget(bytesMax: 1000, requestsMax: 100))
        server.writer.hold()
        try await withThrowingTaskGroup(of: TestResponse.self) { group in
            group.addTask { try await server.post(body) }
            await server.writer.awaitAppends(1)
            #expect(server.budget.bytes == body.utf8.count)
            let refused = try await server.post(body)
            #expect(refused.status == .serviceUnavailable)
            server.writer.release()
            let accepted = try await group.next()
            #expect(accepted?.status == .accepted)
        }
        #expect(server.budget.bytes == 0)
        #expect(try await server.post(body).status == .accepted)
    }
}
