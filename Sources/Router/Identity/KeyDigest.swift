import Crypto

/// The SHA-256 of a credential: what is kept of it.
///
/// A fast hash is right here. Slow ones (bcrypt, Argon2) make guessing dear where people choose passwords; a key has
/// 256 bits from the system's generator, which nobody guesses at any speed, and it is checked on every request.
public struct KeyDigest: Sendable, Hashable {
    private let words: SIMD4<UInt64>

    private init(words: SIMD4<UInt64>) { self.words = words }

    /// The digest of a text.
    public init(of text: some StringProtocol) {
        var hash = SHA256()
        var text = String(text)
        text.withUTF8 { bytes in hash.update(bufferPointer: UnsafeRawBufferPointer(bytes)) }
        self.words = hash.finalize().withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
    }

    /// A digest from its hexadecimal text; nil where it is none.
    public init?(hex: String) {
        let digits = Array(hex.utf8)
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = Self.value(digits[index]), let low = Self.value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        self.words = bytes.withUnsafeBytes { $0.loadUnaligned(as: SIMD4<UInt64>.self) }
    }

    /// 64 hexadecimal digits.
    public var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        let text = withUnsafeBytes(of: self.words) { bytes in
            bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// What no credential has: stands in for a record that is not there, so that the same work is done.
    static let none = KeyDigest(words: .zero)

    /// Whether both are the same, in a time that does not depend on where they differ.
    public func matches(_ other: KeyDigest) -> Bool {
        let difference = self.words ^ other.words
        return (difference[0] | difference[1] | difference[2] | difference[3]) == 0
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}
