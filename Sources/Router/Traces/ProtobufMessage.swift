import NIOCore

/// The bytes of a protobuf message while it is written (Protocol Buffers, "Encoding"). Values that are the default are
/// left out, as proto3 does.
struct ProtobufMessage {
    private(set) var bytes = ByteBuffer()

    mutating func add(_ field: Int, text: String?) {
        guard let text, !text.isEmpty else { return }
        self.header(field, wireType: 2)
        self.varint(UInt64(text.utf8.count))
        self.bytes.writeString(text)
    }

    /// Big-endian bytes of a number, as OTLP has ids; 0 is left out.
    mutating func add(_ field: Int, id: some FixedWidthInteger) {
        guard id != 0 else { return }
        self.header(field, wireType: 2)
        self.varint(UInt64(id.bitWidth / 8))
        self.bytes.writeInteger(id)
    }

    mutating func add(_ field: Int, number: UInt64) {
        guard number != 0 else { return }
        self.header(field, wireType: 0)
        self.varint(number)
    }

    mutating func add(_ field: Int, fixed64 number: UInt64) {
        guard number != 0 else { return }
        self.header(field, wireType: 1)
        self.bytes.writeInteger(number, endianness: .little)
    }

    mutating func add(_ field: Int, fixed32 number: UInt32) {
        guard number != 0 else { return }
        self.header(field, wireType: 5)
        self.bytes.writeInteger(number, endianness: .little)
    }

    /// A message inside this one; there also where it is empty.
    mutating func add(_ field: Int, _ message: Self) {
        self.header(field, wireType: 2)
        self.varint(UInt64(message.bytes.readableBytes))
        self.bytes.writeImmutableBuffer(message.bytes)
    }

    /// A text that is there also where it is empty, as in a `oneof`.
    mutating func add(_ field: Int, chosen text: String) {
        self.header(field, wireType: 2)
        self.varint(UInt64(text.utf8.count))
        self.bytes.writeString(text)
    }

    /// A number that is there also where it is 0, as in a `oneof`.
    mutating func add(_ field: Int, chosen number: Int64) {
        self.header(field, wireType: 0)
        self.varint(UInt64(bitPattern: number))
    }

    private mutating func header(_ field: Int, wireType: UInt64) { self.varint(UInt64(field) << 3 | wireType) }

    private mutating func varint(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            self.bytes.writeInteger(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        self.bytes.writeInteger(UInt8(truncatingIfNeeded: rest))
    }
}
