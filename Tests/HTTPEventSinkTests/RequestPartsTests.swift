import CloudEvents
import Delivery
import NIOCore
import Subscriptions
import Testing
import Traces

@testable import HTTPEventSink

@Suite struct RequestPartsTests {
    @Test(
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777_000),
            ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777_000),
            ("Sun Nov  6 08:49:37 1994", 784_111_777_000),
            ("Monday, 23-Nov-26 10:20:30 GMT", 1_795_429_230_000),
            ("Sun, 06 Nov 1994 08:49:37 CET", nil), ("Sun, 06 Nov 94 08:49:37 GMT", nil),
            ("Sun, 31 Feb 1994 08:49:37 GMT", nil), ("Sun, 06 Foo 1994 08:49:37 GMT", nil),
            ("Sun, 06 Nov 1994 8:49:37 GMT", nil), ("Sun, 06 Nov 1994 24:49:37 GMT", nil), ("1994-11-06", nil),
        ] as [(String, Int64?)])
    func allThreeFormsOfAnHTTPDateAreRead(text: String, expected: Int64?) {
        #expect(RetryAfter.date(text) == expected)
    }

    @Test(
        arguments: [
            ("120", 120_000), (" 3\t", 3_000), ("0", 0), ("99999999999999999", .max),
            ("999999999999999999999999999", .max), ("soon", nil), ("-1", nil), ("1 2", nil), ("1.5", nil), ("", nil),
        ] as [(String, Int64?)])
    func secondsAreReadWhateverTheirNumber(text: String, expected: Int64?) {
        #expect(RetryAfter.milliseconds(text, nowMilliseconds: 0, max: .max) == expected)
    }

    @Test func aDateMeansTheTimeUntilThen() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT"
        #expect(RetryAfter.milliseconds(date, nowMilliseconds: 784_111_767_000, max: 60_000) == 10_000)
        #expect(RetryAfter.milliseconds(date, nowMilliseconds: 784_111_700_000, max: 60_000) == 60_000)
        #expect(RetryAfter.milliseconds(date, nowMilliseconds: 784_111_778_000, max: 60_000) == 0)
    }

    @Test func spanIDsAreNeverTheSame() {
        let ids = SpanIDs()
        #expect(Set((0..<10_000).map { _ in ids.next() }).count == 10_000)
    }

    @Test func keysOfDifferentEventsDifferThoughTheirPartsRunTogether() {
        func key(_ source: String, _ id: String) -> String {
            Array(source.utf8).withUnsafeBytes { source in
                Array(id.utf8).withUnsafeBytes { id in HeaderText.idempotencyKey(source: source, id: id) }
            }
        }
        #expect(key("/a", "1") == "/a#1")
        #expect(key("/a#b", "c") == "/a%23b#c")
        #expect(key("/a", "b#c") == "/a#b%23c")
        #expect(key("/ü %", "\"") == "/%C3%BC%20%25#%22")
        func batch(_ parts: (String, String)...) -> String {
            RequestEncoder.idempotencyKey(of: parts.map { CloudEvent(id: $0.1, source: $0.0, type: "t") })
        }
        #expect(batch(("/a", "1")) == batch(("/a", "1")))
        #expect(batch(("/a", "1")).utf8.count == 38)
        #expect(batch(("/a", "1"), ("/b", "2")) != batch(("/b", "2"), ("/a", "1")))
        #expect(batch(("/a1", "2")) != batch(("/a", "12")))
        #expect(batch(("/a", "1")) != batch(("/a", "1"), ("/a", "1")))
    }

    @Test func preparedDestinationsAreKeptByIdentityAndBounded() {
        let prepared = PreparedDestinations(max: 8, userAgent: "portarium/test", origin: "portarium") { _ in .open }
        func destination(_ path: String) -> Destination {
            Destination(
                sink: "http://127.0.0.1:1/\(path)", origin: "http://127.0.0.1:1", mode: .binary,
                protocolSettings: HTTPProtocolSettings(), timeoutMilliseconds: 1_000)
        }
        let first = destination("first")
        for index in 0..<1_000 {
            // A destination may lie where a forgotten one lay: it has to get its own parts all the same.
            #expect(prepared[destination("\(index)")].destination.sink == "http://127.0.0.1:1/\(index)")
            #expect(prepared[first].destination === first)
            #expect(prepared.count <= 8)
        }
    }

    @Test func valuesOutOfRangeAreClamped() {
        var configuration = HTTPEventSinkConfiguration()
        #expect(configuration.clamped() == configuration)
        configuration.connectTimeoutMilliseconds = -1
        configuration.connectionsPerDestinationMax = 1_000_000
        configuration.responseBodyBytesMax = -5
        configuration.retryAfterMillisecondsMax = .max
        configuration.preparedDestinationsMax = 0
        configuration.addressCheckIntervalMilliseconds = 0
        configuration.version = "1.0\r\nX: y"
        let clamped = configuration.clamped()
        #expect(clamped.connectTimeoutMilliseconds == 1)
        #expect(clamped.connectionsPerDestinationMax == 65_535)
        #expect(clamped.responseBodyBytesMax == 0)
        #expect(clamped.retryAfterMillisecondsMax == 2_592_000_000)
        #expect(clamped.preparedDestinationsMax == 2)
        #expect(clamped.addressCheckIntervalMilliseconds == 100)
        #expect(clamped.version == "1.0Xy")
    }
}
