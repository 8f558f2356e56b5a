import NIOCore

/// The context attributes of one event, packed into one buffer so that an event costs no `String` per attribute.
///
/// Each entry is `kind (1 byte) · name length (1 byte) · name · value length (4 bytes, big endian) · value`. Names are
/// lower-case ASCII of 1...255 bytes; values are UTF-8 in the canonical text form of the CloudEvents type system
/// (CloudEvents 1.0, "Type System"). The order of insertion is kept. Look-ups are linear: events carry some ten
/// attributes.
public struct AttributeList: Sendable, Hashable {
    /// The packed form. Valid only when made by this type.
    public private(set) var bytes: ByteBuffer
    /// How many attributes there are.
    public private(set) var count: Int

    /// An empty list.
    public init() {
        self.bytes = ByteBuffer()
        self.count = 0
    }

    /// A list over bytes that were packed elsewhere in this module.
    init(packed: ByteBuffer, count: Int) {
        self.bytes = packed
        self.count = count
    }

    /// A list over entries that the caller has packed in the form of this type, with names that are allowed and differ,
    /// and values that have been checked.
    /// - Parameter count: how many entries there are.
    public init(wellFormed packed: ByteBuffer, count: Int) { self.init(packed: packed, count: count) }

    /// An empty list with room for `capacity` bytes of packed entries.
    public init(reservingCapacity capacity: Int) {
        self.bytes = ByteBuffer()
        self.bytes.reserveCapacity(capacity)
        self.count = 0
    }

    /// The value of an attribute as text, nil where it is absent. Allocates; hot paths use ``withValue(of:_:)``.
    public subscript(_ name: String) -> String? {
        var name = name
        return name.withUTF8 { name in
            self.withValue(of: UnsafeRawBufferPointer(name)) { _, value in String(decoding: value, as: UTF8.self) }
        }
    }

    /// Appends an attribute without a look whether the name is there already: decoders check that themselves.
    public mutating func append(name: String, value: String, kind: AttributeKind = .string) {
        var (name, value) = (name, value)
        name.withUTF8 { name in
            value.withUTF8 { value in
                self.append(name: UnsafeRawBufferPointer(name), value: UnsafeRawBufferPointer(value), kind: kind)
            }
        }
    }

    /// Appends an attribute from bytes. The caller has validated both; a name has 1...255 bytes, a value at most 4 GiB.
    public mutating func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, kind: AttributeKind) {
        self.bytes.writeAttribute(name: name, value: value, kind: kind)
        self.count += 1
    }

    /// Sets an attribute: replaces it at its place, or appends it. nil removes it.
    public mutating func set(_ name: String, to newValue: String?, kind: AttributeKind = .string) {
        guard self[name] != nil else {
            if let newValue { self.append(name: name, value: newValue, kind: kind) }
            return
        }
        var copy = AttributeList(reservingCapacity: self.bytes.readableBytes + (newValue?.utf8.count ?? 0))
        self.forEach { entryName, value, entryKind in
            if entryName.elementsEqual(name.utf8) {
                if let newValue { copy.append(name: name, value: newValue, kind: kind) }
            } else {
                copy.append(name: entryName, value: value, kind: entryKind)
            }
        }
        self = copy
    }

    /// Calls `body` with the value's bytes, valid only inside the call; nil where the attribute is absent.
    @inlinable
    public func withValue<R>(
        of name: UnsafeRawBufferPointer, _ body: (AttributeKind, UnsafeRawBufferPointer) throws -> R
    ) rethrows -> R? {
        try self.bytes.withUnsafeReadableBytes { packed in
            var cursor = 0
            while cursor < packed.count {
                let entry = AttributeEntry(in: packed, at: cursor)
                if entry.isNamed(name, in: packed) {
                    return try body(entry.kind, entry.value(in: packed))
                }
                cursor = entry.next
            }
            return nil
        }
    }

    /// Visits every attribute in order. The pointers are valid only inside the call.
    @inlinable
    public func forEach(
        _ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ kind: AttributeKind) throws -> Void
    ) rethrows {
        try self.bytes.withUnsafeReadableBytes { packed in
            var cursor = 0
            while cursor < packed.count {
                let entry = AttributeEntry(in: packed, at: cursor)
                try body(entry.name(in: packed), entry.value(in: packed), entry.kind)
                cursor = entry.next
            }
        }
    }
}

/// Where one packed entry lies; arithmetic only.
@usableFromInline
struct AttributeEntry {
    @usableFromInline let start: Int
    @usableFromInline let kind: AttributeKind
    @usableFromInline let nameLength: Int
    @usableFromInline let valueLength: Int

    @inlinable
    init(in packed: UnsafeRawBufferPointer, at start: Int) {
        self.start = start
        self.kind = AttributeKind(rawValue: packed[start]) ?? .string
        let nameLength = Int(packed[start + 1])
        self.nameLength = nameLength
        let length = packed.loadUnaligned(fromByteOffset: start + 2 + nameLength, as: UInt32.self)
        self.valueLength = Int(UInt32(bigEndian: length))
    }

    @inlinable var next: Int { self.start + 6 + self.nameLength + self.valueLength }

    /// Whether the entry carries that name.
    @inlinable
    func isNamed(_ name: UnsafeRawBufferPointer, in packed: UnsafeRawBufferPointer) -> Bool {
        guard self.nameLength == name.count else { return false }
        for index in 0..<name.count where packed[self.start + 2 + index] != name[index] { return false }
        return true
    }

    @inlinable
    func name(in packed: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: packed[(self.start + 2)..<(self.start + 2 + self.nameLength)])
    }

    @inlinable
    func value(in packed: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let valueStart = self.start + 6 + self.nameLength
        return UnsafeRawBufferPointer(rebasing: packed[valueStart..<(valueStart + self.valueLength)])
    }
}

extension ByteBuffer {
    /// Writes one packed entry in one step: one look at capacity and ownership, not one per field.
    @inline(__always)
    mutating func writeAttribute(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, kind: AttributeKind) {
        let length = 6 + name.count + value.count
        self.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { target in
            target[0] = kind.rawValue
            target[1] = UInt8(name.count)
            UnsafeMutableRawBufferPointer(rebasing: target[2...]).copyMemory(from: name)
            target.storeBytes(of: UInt32(value.count).bigEndian, toByteOffset: 2 + name.count, as: UInt32.self)
            UnsafeMutableRawBufferPointer(rebasing: target[(6 + name.count)...]).copyMemory(from: value)
            return length
        }
    }
}
