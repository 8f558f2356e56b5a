import HTTPServing
import NIOCore

/// Writes JSON (RFC 8259) straight into a buffer, so that stored events are embedded as the bytes they are.
///
/// Commas are put where they belong; names are written as they are given and must need no escape.
struct JSONWriter {
    private(set) var buffer = ByteBuffer()
    private var needsComma = false

    init() {}

    /// Writes `{…}`, as a value or, with a name, as a member.
    mutating func object(_ name: StaticString? = nil, _ body: (inout JSONWriter) throws -> Void) rethrows {
        try self.nested(name, UInt8(ascii: "{"), UInt8(ascii: "}"), body)
    }

    /// Writes `[…]`, as a value or, with a name, as a member.
    mutating func array(_ name: StaticString? = nil, _ body: (inout JSONWriter) throws -> Void) rethrows {
        try self.nested(name, UInt8(ascii: "["), UInt8(ascii: "]"), body)
    }

    mutating func member(_ name: StaticString, _ value: String) {
        self.begin(name)
        self.buffer.writeJSONString(value)
    }

    mutating func member(_ name: StaticString, _ value: some BinaryInteger) {
        self.begin(name)
        self.buffer.writeString(String(value))
    }

    mutating func member(_ name: StaticString, _ value: Bool) {
        self.begin(name)
        self.buffer.writeString(value ? "true" : "false")
    }

    /// A finite number in its shortest form.
    mutating func member(_ name: StaticString, _ value: Double) {
        self.begin(name)
        let text = value.description
        self.buffer.writeString(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
    }

    /// A string or `null`, for a member that is always there.
    mutating func member(_ name: StaticString, _ value: String?) {
        if let value { self.member(name, value) } else { self.null(name) }
    }

    /// A whole number or `null`, for a member that is always there.
    mutating func member(_ name: StaticString, _ value: Int?) {
        if let value { self.member(name, value) } else { self.null(name) }
    }

    private mutating func null(_ name: StaticString) {
        self.begin(name)
        self.buffer.writeStaticString("null")
    }

    /// A string as an element of an array.
    mutating func element(_ value: String) {
        self.begin(nil)
        self.buffer.writeJSONString(value)
    }

    /// A whole JSON value, written by `body` byte for byte.
    mutating func raw(_ name: StaticString? = nil, _ body: (inout ByteBuffer) throws -> Void) rethrows {
        self.begin(name)
        try body(&self.buffer)
    }

    /// The members of a JSON object that is there as bytes, put into the object that is open.
    /// `object` begins with `{` and ends with `}`.
    mutating func members(of object: some Collection<UInt8>) {
        guard object.count > 2 else { return }
        self.begin(nil)
        self.buffer.writeBytes(object.dropFirst().dropLast())
    }

    private mutating func begin(_ name: StaticString?) {
        if self.needsComma { self.buffer.writeInteger(UInt8(ascii: ",")) }
        self.needsComma = true
        guard let name else { return }
        self.buffer.writeInteger(UInt8(ascii: "\""))
        self.buffer.writeStaticString(name)
        self.buffer.writeStaticString("\":")
    }

    private mutating func nested(
        _ name: StaticString?, _ open: UInt8, _ close: UInt8, _ body: (inout JSONWriter) throws -> Void
    ) rethrows {
        self.begin(name)
        self.buffer.writeInteger(open)
        self.needsComma = false
        try body(&self)
        self.buffer.writeInteger(close)
        self.needsComma = true
    }
}
