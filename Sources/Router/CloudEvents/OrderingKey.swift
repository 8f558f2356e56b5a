/// What order is kept by: `partitionkey`, else `runid`, else `subject`, else `correlationid`, else `id`, always scoped
/// by the tenant.
public enum OrderingKey {
    private static let candidates: [StaticString] = ["partitionkey", "runid", "subject", "correlationid", "id"]

    /// The record key of an event: `tenant|key`, UTF-8.
    public static func bytes(of event: CloudEvent) -> [UInt8] {
        var bytes: [UInt8] = []
        self.visit(event) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// A 64-bit hash of the key, stable while the process lives. Two keys that collide share a lane: order still holds.
    public static func hash(of event: CloudEvent) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        self.visit(event) { bytes in
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        }
        return hash ^ (hash >> 32)
    }

    private static func visit(_ event: CloudEvent, _ body: (UnsafeRawBufferPointer) -> Void) {
        _ = event.attributes.withValue(of: "tenantid") { _, value in body(value) }
        withUnsafeBytes(of: UInt8(ascii: "|")) { body($0) }
        for candidate in self.candidates {
            let found: Void? = event.attributes.withValue(of: candidate) { _, value in body(value) }
            if found != nil { return }
        }
    }
}

extension AttributeList {
    /// Like ``withValue(of:_:)`` on bytes, for a name known when the program is written.
    @inlinable
    public func withValue<R>(
        of name: StaticString, _ body: (AttributeKind, UnsafeRawBufferPointer) throws -> R
    ) rethrows -> R? {
        try self.withValue(
            of: UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount), body)
    }
}
