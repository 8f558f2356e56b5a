import NIOCore
import Testing

@testable import KafkaTestKit

/// Frames as the protocol guide of Kafka writes them, in pieces of any size.
struct KafkaConversationTests {
    @Test(arguments: [1, 3, 8, 1_000]) func flexibleApiVersionsAreRefusedAndTheRestGoesOn(_ piece: Int) {
        let conversation = KafkaConversation()
        let asked = Self.request(key: 18, version: 3, correlation: 1)
        let other = Self.request(key: 18, version: 0, correlation: 2)
        let fetch = Self.request(key: 1, version: 11, correlation: 3, body: [9, 9, 9])
        var onward = ByteBuffer()
        var answers = ByteBuffer()
        for bytes in Self.pieces(of: asked + other + fetch, piece) {
            var read = conversation.readRequests(bytes, refusesFlexibleApiVersions: true)
            onward.writeBuffer(&read.onward)
            answers.writeBuffer(&read.answers)
        }
        #expect(Array(onward.readableBytesView) == other + fetch)
        #expect(
            Array(answers.readableBytesView) == [
                0, 0, 0, 16, 0, 0, 0, 1, 0, 35, 0, 0, 0, 1, 0, 18, 0, 0, 0, 2,
            ])
    }

    @Test(arguments: [1, 5, 1_000]) func advertisedPortsAreReplacedInMetadata(_ piece: Int) {
        // Throttle, one broker: 7, "h", 9092, no rack; whatever follows.
        let plain: (Int32) -> [UInt8] = { port in
            Self.bytes(Int32(0), Int32(1), Int32(7), Int16(1)) + [104] + Self.bytes(port, Int16(-1)) + [1, 2, 3]
        }
        // Tags of the header; compact array and strings; tags of the broker.
        let flexible: (Int32) -> [UInt8] = { port in
            [0] + Self.bytes(Int32(0)) + [2] + Self.bytes(Int32(7)) + [2, 104] + Self.bytes(port) + [0, 0, 1, 2]
        }
        for (version, body) in [(4, plain), (9, flexible)] {
            #expect(Self.answer(key: 3, version: Int16(version), body: body(9_092), piece) == body(19_092))
            #expect(Self.answer(key: 3, version: Int16(version), body: body(9_093), piece) == body(9_093))
        }
    }

    @Test(arguments: [1, 5, 1_000]) func advertisedPortsAreReplacedInCoordinators(_ piece: Int) {
        let plain: (Int32) -> [UInt8] = { port in
            Self.bytes(Int32(0), Int16(0), Int16(-1), Int32(7), Int16(1)) + [104] + Self.bytes(port)
        }
        let flexible: (Int32) -> [UInt8] = { port in
            [0] + Self.bytes(Int32(0)) + [2, 2, 103] + Self.bytes(Int32(7)) + [2, 104] + Self.bytes(port, Int16(0))
                + [0, 0, 0]
        }
        for (version, body) in [(2, plain), (4, flexible)] {
            #expect(Self.answer(key: 10, version: Int16(version), body: body(9_092), piece) == body(19_092))
        }
    }

    @Test func otherResponsesPassUntouched() {
        let body = Self.bytes(Int32(9_092), Int32(9_092))
        #expect(Self.answer(key: 1, version: 11, body: body, 1_000) == body)
    }

    /// The body of the response that a client gets to a request of this kind.
    private static func answer(key: Int16, version: Int16, body: [UInt8], _ piece: Int) -> [UInt8] {
        let conversation = KafkaConversation()
        let request = Self.request(key: key, version: version, correlation: 5)
        _ = conversation.readRequests(ByteBuffer(bytes: request), refusesFlexibleApiVersions: false)
        var onward = ByteBuffer()
        let frame = Self.bytes(Int32(4 + body.count), Int32(5)) + body
        for bytes in Self.pieces(of: frame, piece) {
            var read = conversation.readResponses(bytes, portMap: [9_092: 19_092])
            onward.writeBuffer(&read)
        }
        return Array(onward.readableBytesView.dropFirst(8))
    }

    private static func request(key: Int16, version: Int16, correlation: Int32, body: [UInt8] = []) -> [UInt8] {
        Self.bytes(Int32(10 + body.count), key, version, correlation, Int16(-1)) + body
    }

    private static func bytes<each I: FixedWidthInteger>(_ integers: repeat each I) -> [UInt8] {
        var buffer = ByteBuffer()
        for integer in repeat each integers { buffer.writeInteger(integer) }
        return Array(buffer.readableBytesView)
    }

    private static func pieces(of bytes: [UInt8], _ count: Int) -> [ByteBuffer] {
        stride(from: 0, to: bytes.count, by: count).map { ByteBuffer(bytes: bytes[$0..<min($0 + count, bytes.count)]) }
    }
}
