import CloudEvents
import NIOCore

/// What a collector says of a request that it answered with 200 (OTLP, "Partial Success").
public enum ExportAnswer {
    private static let places = JSONPaths(["/partialSuccess/rejectedSpans"])
    private static let nestingMax = 16

    /// How many spans it did not take, 0 and up. What cannot be read says nothing of any.
    public static func rejectedSpans(json: ByteBuffer) -> Int {
        let value = json.withUnsafeReadableBytes { bytes in
            (try? self.places.values(in: bytes, nestingMax: self.nestingMax))?[0]
        }
        return value.flatMap { Int($0) }.map { max(0, $0) } ?? 0
    }

    /// The same in protobuf: field 1 of field 1 of `ExportTraceServiceResponse`.
    public static func rejectedSpans(protobuf: ByteBuffer) -> Int {
        var response = protobuf
        var rejected = 0
        while let field = self.field(&response) {
            guard field.number == 1, var partial = field.bytes else { continue }
            while let inner = self.field(&partial) {
                if inner.number == 1, let number = inner.varint {
                    rejected = Int(clamping: max(0, Int64(bitPattern: number)))
                }
            }
        }
        return rejected
    }

    /// The next field of a message; nil at its end, and where its bytes are none.
    private static func field(_ message: inout ByteBuffer) -> (number: UInt64, varint: UInt64?, bytes: ByteBuffer?)? {
        guard let key = self.varint(&message) else { return nil }
        switch key & 7 {
        case 0: return self.varint(&message).map { (key >> 3, $0, nil) }
        case 1: return message.readSlice(length: 8).map { _ in (key >> 3, nil, nil) }
        case 2:
            guard let length = self.varint(&message), length <= UInt64(message.readableBytes) else { return nil }
            return message.readSlice(length: Int(length)).map { (key >> 3, nil, $0) }
        case 5: return message.readSlice(length: 4).map { _ in (key >> 3, nil, nil) }
        default: return nil
        }
    }

    private static func varint(_ message: inout ByteBuffer) -> UInt64? {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = message.readInteger(as: UInt8.self) else { return nil }
            number |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return number }
        }
        return nil
    }
}
