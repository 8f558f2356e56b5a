extension CloudEventError {
    static func duplicate(_ name: UnsafeRawBufferPointer) -> CloudEventError {
        CloudEventError(.duplicateAttribute, attribute: self.excerpt(name), reason: "is given more than once")
    }

    static func value(_ name: UnsafeRawBufferPointer, _ reason: String) -> CloudEventError {
        CloudEventError(.invalidAttributeValue, attribute: self.excerpt(name), reason: reason)
    }

    static func limit(_ name: UnsafeRawBufferPointer, _ reason: String) -> CloudEventError {
        CloudEventError(.limitExceeded, attribute: self.excerpt(name), reason: reason)
    }

    static func data(_ member: String, _ reason: String) -> CloudEventError {
        CloudEventError(.invalidData, attribute: member, reason: reason)
    }

    /// The same error at a place in the document, unless it knows its place already.
    func at(byteOffset: Int) -> CloudEventError {
        var copy = self
        if copy.byteOffset == nil { copy.byteOffset = byteOffset }
        return copy
    }

    /// The same error in the event of a batch with that index.
    func at(index: Int) -> CloudEventError {
        var copy = self
        copy.index = index
        return copy
    }

    /// At most 64 bytes of what was sent, fit to be shown: anything but printable ASCII becomes `?`.
    static func excerpt(_ bytes: UnsafeRawBufferPointer) -> String {
        let shown = bytes.prefix(64).map { (0x20...0x7e).contains($0) ? $0 : UInt8(ascii: "?") }
        return String(decoding: shown, as: UTF8.self) + (bytes.count > 64 ? "..." : "")
    }
}
