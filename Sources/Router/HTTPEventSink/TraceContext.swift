import CloudEvents

/// The `traceparent` header of one hop (W3C Trace Context, section 3.2).
enum TraceContext {
    /// The header for a request that is caused by an event with this `traceparent`: the same trace, a new parent.
    ///
    /// Nil where the value is malformed: then the trace cannot be continued. A version later than 00 is read as far as
    /// 00 knows it, and sent on as 00 with the sampled flag alone (section 4.3).
    static func child(of parent: UnsafeRawBufferPointer, spanID: UInt64) -> String? {
        guard TraceParent.isValid(parent) else { return nil }
        let isVersion00 = parent[0] == 48 && parent[1] == 48
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

    private static func digit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? nibble + 48 : nibble + 87 }
}
