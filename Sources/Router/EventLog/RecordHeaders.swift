import NIOCore

/// The headers of one record, packed into one buffer: `name length (2 bytes) · name · value length (4 bytes) · value`,
/// big endian. Names may repeat (Kafka allows it); the order is kept.
public struct RecordHeaders: Sendable, Hashable {
    /// The packed form, what the embedded log stores.
    public private(set) var bytes: ByteBuffer

    public init() { self.bytes = ByteBuffer() }

    /// Headers from the packed form.
    /// - Throws: ``EventLogError`` with code `corruptRecord` where the lengths do not add up.
    public init(packed: ByteBuffer) throws(EventLogError) {
        var rest = packed
        while rest.readableBytes > 0 {
            guard let nameLength = rest.readInteger(as: UInt16.self), rest.readSlice(length: Int(nameLength)) != nil,
                let valueLength = rest.readInteger(as: UInt32.self), rest.readSlice(length: Int(valueLength)) != nil
            else {
                throw EventLogError(.corruptRecord, "the packed headers of a record end in the middle of an entry")
            }
        }
        self.bytes = packed
    }

    /// Headers from a packed form that the caller has just made; nothing is checked.
    public init(wellFormed packed: ByteBuffer) { self.bytes = packed }

    /// An empty list with room for `capacity` packed bytes.
    public init(reservingCapacity capacity: Int) {
        self.bytes = ByteBuffer()
        self.bytes.reserveCapacity(capacity)
    }

    /// Appends a header; `name` has at most 65,535 bytes.
    public mutating func append(name: String, value: String) {
        var (name, value) = (name, value)
        name.withUTF8 { name in
            value.withUTF8 { value in
                self.append(prefix: "", name: UnsafeRawBufferPointer(name), value: UnsafeRawBufferPointer(value))
            }
        }
    }

    /// Appends a header whose name is `prefix` followed by `name`.
    public mutating func append(prefix: StaticString, name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        self.bytes.writeInteger(UInt16(prefix.utf8CodeUnitCount + name.count))
        self.bytes.writeStaticString(prefix)
        self.bytes.writeBytes(name)
        self.bytes.writeInteger(UInt32(value.count))
        self.bytes.writeBytes(value)
    }

    /// The first header of that name as text, nil where there is none.
    public subscript(_ name: String) -> String? {
        var found: String?
        self.forEach { entryName, value in
            if found == nil, entryName.elementsEqual(name.utf8) { found = String(decoding: value, as: UTF8.self) }
        }
        return found
    }

    /// Visits every header in order. The pointers are valid only inside the call.
    @inlinable
    public func forEach(
        _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws -> Void
    ) rethrows {
        try self.bytes.withUnsafeReadableBytes { packed in
            var cursor = 0
            while cursor < packed.count {
                let nameLength = Int(UInt16(bigEndian: packed.loadUnaligned(fromByteOffset: cursor, as: UInt16.self)))
                let nameStart = cursor + 2
                let valueLength = Int(
                    UInt32(bigEndian: packed.loadUnaligned(fromByteOffset: nameStart + nameLength, as: UInt32.self)))
                let valueStart = nameStart + nameLength + 4
                try body(
                    UnsafeRawBufferPointer(rebasing: packed[nameStart..<(nameStart + nameLength)]),
                    UnsafeRawBufferPointer(rebasing: packed[valueStart..<(valueStart + valueLength)]))
                cursor = valueStart + valueLength
            }
        }
    }
}
