import NIOCore

/// Reads along where Kafka's requests and responses begin, so that a proxy can answer ApiVersions in the broker's name
/// and change the ports that brokers advertise. All other bytes pass untouched and at once.
final class KafkaConversation {
    private enum Key {
        static let metadata: Int16 = 3
        static let findCoordinator: Int16 = 10
        static let apiVersions: Int16 = 18
    }

    private struct Asked {
        var key: Int16
        var version: Int16
    }

    /// Requests whose responses are changed, by correlation.
    private var asked: [Int32: Asked] = [:]
    private var requests = Frames(headerBytes: 12)
    private var responses = Frames(headerBytes: 8)
    /// Whether the answer to ApiVersions, of a version that is not flexible, names what a ``SASLGate`` answers.
    private let namesSASL: Bool

    init(namesSASL: Bool = false) {
        self.namesSASL = namesSASL
    }

    /// What goes on to the broker of these bytes, and what the client is answered at once.
    func readRequests(
        _ bytes: ByteBuffer, refusesFlexibleApiVersions: Bool
    ) -> (onward: ByteBuffer, answers: ByteBuffer) {
        var onward = ByteBuffer()
        var answers = ByteBuffer()
        self.requests.append(bytes)
        self.requests.pass(to: &onward) { header in
            var header = header
            let fields = header.readMultipleIntegers(as: (Int32, Int16, Int16, Int32).self)
            guard let (_, key, version, correlation) = fields else { return .pass }
            if key == Key.metadata || key == Key.findCoordinator || self.namesSASL && key == Key.apiVersions {
                self.asked[correlation] = Asked(key: key, version: version)
            }
            guard key == Key.apiVersions, version >= 3, refusesFlexibleApiVersions else { return .pass }
            // Length, correlation, UNSUPPORTED_VERSION, and that ApiVersions is known from 0 to 2.
            answers.writeMultipleIntegers(
                Int32(16), correlation, Int16(35), Int32(1), Key.apiVersions, Int16(0), Int16(2))
            return .take { _ in nil }
        }
        return (onward, answers)
    }

    /// What goes on to the client of these bytes.
    func readResponses(_ bytes: ByteBuffer, portMap: [Int: Int]) -> ByteBuffer {
        var onward = ByteBuffer()
        self.responses.append(bytes)
        self.responses.pass(to: &onward) { header in
            var header = header
            guard let (_, correlation) = header.readMultipleIntegers(as: (Int32, Int32).self),
                let asked = self.asked.removeValue(forKey: correlation)
            else { return .pass }
            if asked.key == Key.apiVersions { return .take { Self.namingSASL($0) } }
            guard !portMap.isEmpty else { return .pass }
            return .take { frame in
                var response = KafkaBrokerAddresses(frame: frame, version: Int(asked.version), portMap: portMap)
                return asked.key == Key.metadata ? response.metadata() : response.coordinators()
            }
        }
        return onward
    }

    /// The list of ApiVersions lies behind length, correlation and error; what may follow it moves.
    private static func namingSASL(_ frame: ByteBuffer) -> ByteBuffer {
        var frame = frame
        guard
            let (length, correlation, error, count) = frame.readMultipleIntegers(as: (Int32, Int32, Int16, Int32).self)
        else { return frame }
        let more = SASLGate.apiVersions
        var answer = ByteBuffer()
        answer.writeMultipleIntegers(length + Int32(6 * more.count), correlation, error, count + Int32(more.count))
        for (key, lowest, highest) in more { answer.writeMultipleIntegers(key, lowest, highest) }
        answer.writeBuffer(&frame)
        return answer
    }
}

/// Length-prefixed frames in a stream of bytes.
private struct Frames {
    enum Decision {
        /// The frame goes on as it comes.
        case pass
        /// The frame is gathered and replaced.
        case take((ByteBuffer) -> ByteBuffer?)
    }

    /// How much of a frame it takes to decide, its length field included.
    let headerBytes: Int
    private var pending = ByteBuffer()
    /// Bytes of the current frame that pass without a look.
    private var passing = 0
    private var replace: ((ByteBuffer) -> ByteBuffer?)?

    init(headerBytes: Int) {
        self.headerBytes = headerBytes
    }

    mutating func append(_ bytes: ByteBuffer) {
        self.pending.writeImmutableBuffer(bytes)
    }

    mutating func pass(to onward: inout ByteBuffer, _ decide: (ByteBuffer) -> Decision) {
        while self.pending.readableBytes > 0 {
            if self.passing > 0 {
                let count = min(self.passing, self.pending.readableBytes)
                if var slice = self.pending.readSlice(length: count) { onward.writeBuffer(&slice) }
                self.passing -= count
                continue
            }
            guard self.pending.readableBytes >= self.headerBytes,
                let length = self.pending.getInteger(at: self.pending.readerIndex, as: Int32.self)
            else { break }
            let count = 4 + max(0, Int(length))
            if self.replace == nil, case .take(let replace) = decide(self.pending) { self.replace = replace }
            guard let replace = self.replace else {
                self.passing = count
                continue
            }
            guard let frame = self.pending.readSlice(length: count) else { break }
            self.replace = nil
            if var replaced = replace(frame) { onward.writeBuffer(&replaced) }
        }
        self.pending.discardReadBytes()
    }
}
