import NIOCore

extension AttributeCollector {
    /// Applies a list like `attempt=i,urgent=b` to the attributes of the current event. What names no attribute, or one
    /// whose value is not of that type, is passed over: the list may come from anyone.
    mutating func setKinds(_ list: ByteBuffer) {
        list.withUnsafeReadableBytes { list in
            for item in list.split(separator: UInt8(ascii: ",")) where item.count >= 3 {
                guard item[item.endIndex - 2] == UInt8(ascii: "=") else { continue }
                let kind: AttributeKind
                switch item[item.endIndex - 1] {
                case UInt8(ascii: "i"): kind = .integer
                case UInt8(ascii: "b"): kind = .boolean
                default: continue
                }
                self.setKind(of: UnsafeRawBufferPointer(rebasing: item[..<(item.endIndex - 2)]), to: kind)
            }
        }
    }
}
