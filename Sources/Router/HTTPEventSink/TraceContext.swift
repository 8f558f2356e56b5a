/// The `traceparent` header of one hop (W3C Trace Context, section 3.2).
enum TraceContext {
    /// The header for a request that is caused by an event with this `traceparent`: the same trace, a new parent.
    ///
    /// Nil where the value is malformed: then the trace cannot be continued. A version later than 00 is read as far as
    /// 00 knows it, and sent on as 00 with the sampled flag alone (section 4.3).
    static func child(of parent: UnsafeRawBufferPointer, spanID: UInt64) -> String? {
        guard parent.count >= 55, self.isHex(parent[0..<2]), self.isHex(parent[3..<35]), self.isHex(parent[36..<52]),
            self.isHex(parent[53..<55]), parent[2] == 45, parent[35] == 45, parent[52] == 45,
            !parent[3..<35].allSatisfy({ $0 == 48 }), !parent[36..<52].allSatisfy({ $0 == 48 })
        else { return nil }
        let isVersion00 = parent[0] == 48 && parent[1] == 48
        guard isVersion00 ? parent.count == 55 : !(parent[0] == 102 && parent[1] == 102) else { return nil }
        guard parent.count == 55 || parent[55] == 45 else { return nil }
        return String(unsafeUninitializedCapacity: 55) { target in
            for index in 0..<55 { target[index] = parent[index] }
            target[0] = 48
            target[1] = 48
            for index in 0..<16 { target[36 + index] = self.digit(UInt8(spanID >> UInt64(60 - 4 * index) & 0x0f)) }
            if !isVersion00 {
                let low = parent[54] < 58 ? parent[54] - 48 : parent[54] - 87
                target[53] = 48
                target[54] = 48 + (low & 1)
            }
            return 55
        }
    }

    /// Whether a `tracestate` may stand in a header as it is.
    static func isState(_ state: UnsafeRawBufferPointer) -> Bool {
        !state.isEmpty && state.count <= 8_192 && state.allSatisfy { (0x20...0x7e).contains($0) }
    }

    private static func isHex(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
        bytes.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    private static func digit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? nibble + 48 : nibble + 87 }
}
