import CloudEvents
import EventLog
import FuzzKit
import NIOCore
import Testing

/// Random events go through every format and back unchanged.
struct RoundTripTests {
    private static let seed = SeededRandom.runSeed
    private static let count = SeededRandom.iterations(default: 3_000)

    /// Runs `body` for many random events, each from a seed of its own that is told where an expectation fails.
    private func forEachEvent(_ body: (CloudEvent) throws -> Void) {
        for index in 0..<UInt64(Self.count) {
            var random = SeededRandom(seed: Self.seed &+ index)
            let event = random.event()
            do {
                try body(event)
            } catch {
                Issue.record("FUZZ_SEED=\(Self.seed &+ index): \(error)\n\(event.attributesByName) \(event.json)")
                return
            }
        }
    }

    private struct Difference: Error {
        let after: String
        let got: CloudEvent
    }

    private func check(_ isSame: Bool, _ after: String, _ got: CloudEvent) throws {
        guard isSame else { throw Difference(after: after, got: got) }
    }

    @Test func randomEventsAreValid() {
        self.forEachEvent { event in try event.validate() }
    }

    @Test func jsonKeepsEverything() {
        self.forEachEvent { event in
            let back = try JSONEventFormat.decode(ByteBuffer(string: event.json))
            var expected = event
            if event.data != nil, event.dataContentType == nil, back.dataContentType != nil {
                expected.attributes.append(name: "datacontenttype", value: "application/json")
                expected.data = back.data
                try self.check(
                    event.data.map { $0.text.contains(back.data?.text ?? "-") } ?? false, "implied type", back)
            } else if let data = event.data?.text, let slice = back.data?.text, slice != data {
                let trimmed = data.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
                try self.check(String(trimmed) == slice, "JSON without the space around it", back)
                expected.data = back.data
            }
            try self.check(back == expected, "JSON", back)
            try self.check(try JSONEventFormat.decode(ByteBuffer(string: back.json)) == back, "JSON again", back)
        }
    }

    @Test func batchKeepsEverything() throws {
        var random = SeededRandom(seed: Self.seed)
        for _ in 0..<20 {
            let events = try (0..<random.below(60)).map { _ in
                try JSONEventFormat.decode(ByteBuffer(string: random.event().json))
            }
            var text = ByteBuffer()
            JSONEventFormat.encodeBatch(events, into: &text)
            #expect(try JSONEventFormat.decodeBatch(text) == events, "FUZZ_SEED=\(Self.seed)")
        }
    }

    @Test func httpKeepsAllButTheTypes() {
        self.forEachEvent { event in
            var headers: [(name: String, value: String)] = []
            var contentType: String?
            let body = HTTPBinding.encodeBinary(event) { name, value in
                if name == "content-type" { contentType = value } else { headers.append((name, value)) }
            }
            for (name, value) in headers {
                let isClean = value.utf8.allSatisfy { (0x21...0x7e).contains($0) }
                try self.check(
                    isClean && name.utf8.allSatisfy { (0x21...0x7e).contains($0) }, "\(name): \(value)", event)
            }
            let back = try HTTPBinding.decodeBinary(headers: headers, contentType: contentType, body: body)
            let expected = event.attributesByName.mapValues { AttributeSample(value: $0.value) }
            try self.check(back.attributesByName == expected, "HTTP", back)
            let isAbsent = event.dataContentType == nil && event.data?.readableBytes == 0
            try self.check(back.data == (isAbsent ? nil : event.data), "HTTP", back)
            let shouted = headers.map { (name: $0.name.uppercased(), value: $0.value) }
            let again = try HTTPBinding.decodeBinary(headers: shouted, contentType: contentType, body: body)
            try self.check(again == back, "HTTP with capitals", again)
        }
    }

    @Test func theLogKeepsEverything() {
        self.forEachEvent { event in
            let record = LogRecord(event: event, key: nil, timestamp: Timestamp(milliseconds: 1))
            let stored = LogRecord(
                key: nil, headers: try RecordHeaders(packed: record.headers.bytes), value: record.value,
                timestamp: record.timestamp)
            let back = try stored.cloudEvent()
            try self.check(back == event, "log", back)
            let again = LogRecord(event: back, key: nil, timestamp: Timestamp(milliseconds: 1))
            try self.check(again == record, "log again", back)
        }
    }

    @Test func everyChainOfFormatsEndsWhereItBegan() {
        self.forEachEvent { event in
            let start = try JSONEventFormat.decode(ByteBuffer(string: event.json))
            let logged = try LogRecord(event: start, key: nil, timestamp: Timestamp(milliseconds: 1)).cloudEvent()
            let written = try JSONEventFormat.decode(ByteBuffer(string: logged.json))
            try self.check(written == start, "JSON, log, JSON", written)
        }
    }
}
