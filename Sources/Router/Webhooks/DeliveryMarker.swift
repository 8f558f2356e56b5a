import NIOCore

/// The record that remembers an accepted delivery: until when, and its keys. Eight bytes of milliseconds since 1970,
/// then sixteen of each key, big endian.
public struct DeliveryMarker: Sendable, Hashable {
    /// Until when, in milliseconds since 1970.
    public var expiresMilliseconds: Int64
    public var keys: [DeliveryKey]

    public init(expiresMilliseconds: Int64, keys: [DeliveryKey]) {
        self.expiresMilliseconds = expiresMilliseconds
        self.keys = keys
    }

    /// What a record holds; nil where it is no marker.
    public init?(_ bytes: ByteBuffer) {
        var bytes = bytes
        guard let expires = bytes.readInteger(as: Int64.self),
            bytes.readableBytes.isMultiple(of: DeliveryKey.byteCount)
        else { return nil }
        var keys: [DeliveryKey] = []
        while let high = bytes.readInteger(as: UInt64.self), let low = bytes.readInteger(as: UInt64.self) {
            keys.append(DeliveryKey(high: high, low: low))
        }
        self.init(expiresMilliseconds: expires, keys: keys)
    }

    /// The record's value.
    public var bytes: ByteBuffer {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(8 + self.keys.count * DeliveryKey.byteCount)
        bytes.writeInteger(self.expiresMilliseconds)
        for key in self.keys {
            bytes.writeInteger(key.high)
            bytes.writeInteger(key.low)
        }
        return bytes
    }
}
