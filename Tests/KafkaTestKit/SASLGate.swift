import NIOCore

/// Lets nothing but ApiVersions through to the broker until the client has signed in, by SaslHandshake and
/// SaslAuthenticate, as Kafka does. Lives on the proxy's event loop.
final class SASLGate {
    /// What came of some bytes.
    struct Outcome {
        /// Goes on to the broker.
        var onward = ByteBuffer()
        /// Goes back to the client.
        var answers = ByteBuffer()
        /// The connection ends behind the answers.
        var isRefused = false
    }

    private enum Key {
        static let saslHandshake: Int16 = 17
        static let apiVersions: Int16 = 18
        static let saslAuthenticate: Int16 = 36
    }

    /// What ApiVersions has to say of it in the broker's name: key, lowest and highest version.
    static let apiVersions: [(key: Int16, lowest: Int16, highest: Int16)] = [
        (Key.saslHandshake, 0, 1), (Key.saslAuthenticate, 0, 1),
    ]
    private static let unsupportedMechanism: Int16 = 33
    private static let authenticationFailed: Int16 = 58

    private let sasl: ListenerSecurity.SASL
    private var pending = ByteBuffer()
    private var mechanism: SASLMechanism?
    private var exchange: (any SASLExchange)?
    private var isOpen = false

    init(_ sasl: ListenerSecurity.SASL) {
        self.sasl = sasl
    }

    func read(_ bytes: ByteBuffer) -> Outcome {
        var outcome = Outcome()
        self.pending.writeImmutableBuffer(bytes)
        while !self.isOpen, !outcome.isRefused,
            let length = self.pending.getInteger(at: self.pending.readerIndex, as: Int32.self),
            let frame = self.pending.readSlice(length: 4 + max(0, Int(length)))
        {
            self.take(frame, &outcome)
        }
        if self.isOpen { outcome.onward.writeBuffer(&self.pending) }
        return outcome
    }

    private func take(_ frame: ByteBuffer, _ outcome: inout Outcome) {
        var rest = frame
        guard
            let (_, key, version, correlation, clientLength) = rest.readMultipleIntegers(
                as: (Int32, Int16, Int16, Int32, Int16).self),
            rest.readSlice(length: max(0, Int(clientLength))) != nil
        else {
            outcome.isRefused = true
            return
        }
        switch key {
        case Key.apiVersions: outcome.onward.writeImmutableBuffer(frame)
        case Key.saslHandshake: self.choose(&rest, correlation, &outcome)
        case Key.saslAuthenticate: self.authenticate(&rest, version, correlation, &outcome)
        default: outcome.isRefused = true
        }
    }

    private func choose(_ body: inout ByteBuffer, _ correlation: Int32, _ outcome: inout Outcome) {
        let name = body.readInteger(as: Int16.self).flatMap { body.readString(length: Int($0)) } ?? ""
        self.mechanism = SASLMechanism(rawValue: name).flatMap { self.sasl.mechanisms.contains($0) ? $0 : nil }
        self.exchange = self.mechanism?.exchange(self.sasl)
        outcome.isRefused = self.exchange == nil
        var answer = ByteBuffer()
        answer.writeMultipleIntegers(
            correlation, outcome.isRefused ? Self.unsupportedMechanism : 0, Int32(self.sasl.mechanisms.count))
        for mechanism in self.sasl.mechanisms { Self.write(mechanism.rawValue, to: &answer) }
        Self.write(answer, to: &outcome)
    }

    private func authenticate(
        _ body: inout ByteBuffer, _ version: Int16, _ correlation: Int32, _ outcome: inout Outcome
    ) {
        let message = body.readInteger(as: Int32.self).flatMap { body.readBytes(length: Int($0)) } ?? []
        var bytes: [UInt8] = []
        switch self.exchange?.step(message) {
        case .challenge(let challenge): bytes = challenge
        case .accepted(let last):
            bytes = last
            self.isOpen = true
        case .refused, nil: outcome.isRefused = true
        }
        var answer = ByteBuffer()
        answer.writeMultipleIntegers(correlation, outcome.isRefused ? Self.authenticationFailed : 0)
        if outcome.isRefused {
            let name = self.mechanism?.rawValue ?? ""
            Self.write("Authentication failed due to invalid credentials with SASL mechanism \(name)", to: &answer)
        } else {
            answer.writeInteger(Int16(-1))
        }
        answer.writeInteger(Int32(bytes.count))
        answer.writeBytes(bytes)
        if version >= 1 { answer.writeInteger(Int64(0)) }
        Self.write(answer, to: &outcome)
    }

    private static func write(_ text: String, to answer: inout ByteBuffer) {
        answer.writeInteger(Int16(text.utf8.count))
        answer.writeString(text)
    }

    private static func write(_ answer: ByteBuffer, to outcome: inout Outcome) {
        outcome.answers.writeInteger(Int32(answer.readableBytes))
        outcome.answers.writeImmutableBuffer(answer)
    }
}
