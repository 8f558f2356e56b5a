import CloudEvents
import Crypto
import NIOCore

/// What two deliveries of the same thing share: 128 bits of a hash of the endpoint and the event's id.
public struct DeliveryKey: Sendable, Hashable, Comparable {
    /// Bytes of one key.
    public static let byteCount = 16
    let high: UInt64
    let low: UInt64

    /// - Parameters:
    ///   - endpoint: the id of the endpoint and which of those that had it.
    ///   - source: where an id alone does not tell an event; nil: it does.
    public init(endpoint: String, source: String?, id: String) {
        var text = endpoint
        for part in [source ?? "", id] {
            text += "\u{0}"
            text += part
        }
        let digest = Array(SHA256.hash(data: Array(text.utf8)))
        (self.high, self.low) = digest.withUnsafeBytes { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
    }

    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    public static func < (lhs: Self, rhs: Self) -> Bool { (lhs.high, lhs.low) < (rhs.high, rhs.low) }
}
