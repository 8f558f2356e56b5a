import CloudEvents
import NIOCore

/// Random valid events and random JSON.
extension SeededRandom {
    private static let scalars: [ClosedRange<UInt32>] = [
        0x20...0x7e, 0x20...0x7e, 0x20...0x7e, 0xa0...0xff, 0x100...0x7ff, 0x800...0xd7ff, 0xe000...0xfdcf,
        0xfdf0...0xfffd,
        0x1_0000...0x1_fffd, 0x1_f600...0x1_f64f, 0x10_0000...0x10_fffd,
    ]

    /// Text that an attribute may hold.
    public mutating func attributeText(lengthMin: Int = 0, lengthMax: Int = 40) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<(lengthMin + self.below(lengthMax - lengthMin + 1)) {
            let range = self.pick(Self.scalars)
            let value = range.lowerBound + UInt32(self.below(Int(range.upperBound - range.lowerBound) + 1))
            text.append(Unicode.Scalar(value) ?? "x")
        }
        return String(text)
    }

    /// A name that is none of the specification's.
    public mutating func extensionName() -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        return "x" + String((0..<self.below(20)).map { _ in self.pick(letters) })
    }

    public mutating func jsonString() -> String {
        let pieces = [
            "a", "b c", "\\n", "\\\"", "\\\\", "\\/", "\\u00e9", "\\ud83d\\ude00", "é", "😀", "12345678", "", "'", "{",
            "]",
        ]
        return "\"" + (0..<self.below(6)).map { _ in self.pick(pieces) }.joined() + "\""
    }

    /// A JSON text with white space here and there.
    public mutating func json(depth: Int = 0) -> String {
        let space = self.pick(["", "", "", " ", "\n", "\t ", "\r\n"])
        let scalar = self.pick([
            "null", "true", "false", "0", "-0", "1", "-17", "3.25", "1e5", "2E-3", "-0.5e+2", "123456789",
            self.jsonString(),
        ])
        guard depth < 5, self.once(in: 2) else { return space + scalar + space }
        let count = self.below(5)
        let isObject = self.once(in: 2)
        var parts: [String] = []
        for _ in 0..<count {
            let value = self.json(depth: depth + 1)
            parts.append(isObject ? space + self.jsonString() + space + ":" + value : value)
        }
        let inside = parts.isEmpty ? space : parts.joined(separator: ",")
        return space + (isObject ? "{" : "[") + inside + (isObject ? "}" : "]") + space
    }

    public mutating func bytes(lengthMax: Int) -> [UInt8] {
        (0..<self.below(lengthMax + 1)).map { _ in UInt8(truncatingIfNeeded: self.next()) }
    }

    /// An event that ``CloudEvent/validate(limits:)`` takes; with data under a matching or another content type, or
    /// none.
    public mutating func event() -> CloudEvent {
        let sources = ["/s", "https://a.example/b?c=d#e", "urn:x:y", "%20", "//h/p", "a/b", "mailto:a@b.c"]
        var event = CloudEvent(
            id: self.attributeText(lengthMin: 1), source: self.pick(sources), type: self.attributeText(lengthMin: 1))
        if self.once(in: 2) { event.attributes.set("subject", to: self.attributeText(lengthMin: 1)) }
        if self.once(in: 2) {
            let time = RFC3339.text(milliseconds: Int64(self.below(4_000_000_000_000)))
            event.attributes.set("time", to: self.pick([time, "2018-04-26T14:48:09.1234567+02:00"]))
        }
        if self.once(in: 4) { event.attributes.set("dataschema", to: self.pick(["https://a/b", "x:y", "urn:a:b"])) }
        for _ in 0..<self.below(6) {
            let name = self.extensionName()
            switch self.below(4) {
            case 0:
                let value = Int32(truncatingIfNeeded: self.next())
                event.attributes.set(name, to: String(value), kind: .integer)
            case 1: event.attributes.set(name, to: self.once(in: 2) ? "true" : "false", kind: .boolean)
            default: event.attributes.set(name, to: self.attributeText())
            }
        }
        let types = [
            "application/json", "application/x+json", "text/plain", "text/plain; charset=iso-8859-1", "application/xml",
            "application/octet-stream", "image/svg+xml", "application/json; charset=utf-8",
        ]
        if self.once(in: 5) == false { event.attributes.set("datacontenttype", to: self.pick(types)) }
        switch self.below(5) {
        case 0: event.data = nil
        case 1: event.data = ByteBuffer(bytes: self.bytes(lengthMax: 60))
        case 2: event.data = ByteBuffer(string: self.attributeText())
        default: event.data = ByteBuffer(string: self.json())
        }
        return event
    }
}
