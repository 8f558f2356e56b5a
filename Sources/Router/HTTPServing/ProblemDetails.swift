import NIOCore

/// A problem document (RFC 9457), `application/problem+json`.
public struct ProblemDetails: Sendable, Hashable {
    /// One fault and where it is.
    public struct FieldError: Sendable, Hashable {
        /// A JSON Pointer (RFC 6901) into the body, or `header:<name>` or `query:<name>`.
        public var pointer: String
        /// One sentence: what is wrong, and what would be right.
        public var detail: String

        /// A fault at a place.
        public init(pointer: String, detail: String) {
            self.pointer = pointer
            self.detail = detail
        }
    }

    /// The value of an extension member (RFC 9457, section 3.2).
    public enum MemberValue: Sendable, Hashable {
        /// A JSON string.
        case string(String)
        /// A JSON number.
        case integer(Int)
    }

    /// An extension member.
    public struct Member: Sendable, Hashable {
        /// The name, none of those that RFC 9457 defines.
        public var name: String
        /// The value.
        public var value: MemberValue

        /// A member `name: value`.
        public init(_ name: String, _ value: MemberValue) {
            self.name = name
            self.value = value
        }
    }

    /// The kind of problem; gives `type`, `title` and `status`.
    public var type: ProblemType
    /// One sentence about this occurrence, for people.
    public var detail: String?
    /// Identifies this occurrence, a URI-reference.
    public var instance: String?
    /// The faults, where the problem has places.
    public var errors: [FieldError]
    /// In a batch: which event, from 0.
    public var index: Int?
    /// Further members, in this order.
    public var members: [Member]

    /// A problem; nothing is checked.
    public init(
        _ type: ProblemType, detail: String? = nil, instance: String? = nil, errors: [FieldError] = [],
        index: Int? = nil, members: [Member] = []
    ) {
        self.type = type
        self.detail = detail
        self.instance = instance
        self.errors = errors
        self.index = index
        self.members = members
    }

    /// The document as JSON text.
    public var json: ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(256)
        buffer.writeStaticString("{\"type\":")
        buffer.writeJSONString(self.type.uri)
        buffer.writeStaticString(",\"title\":")
        buffer.writeJSONString(self.type.title)
        buffer.writeStaticString(",\"status\":")
        buffer.writeString(String(self.type.status))
        self.writeMember("detail", self.detail, into: &buffer)
        self.writeMember("instance", self.instance, into: &buffer)
        if !self.errors.isEmpty {
            buffer.writeStaticString(",\"errors\":[")
            for (index, error) in self.errors.enumerated() {
                buffer.writeStaticString(index == 0 ? "{\"pointer\":" : ",{\"pointer\":")
                buffer.writeJSONString(error.pointer)
                self.writeMember("detail", error.detail, into: &buffer)
                buffer.writeStaticString("}")
            }
            buffer.writeStaticString("]")
        }
        if let index { buffer.writeString(",\"index\":\(index)") }
        for member in self.members {
            switch member.value {
            case .string(let text): self.writeMember(member.name, text, into: &buffer)
            case .integer(let number):
                buffer.writeStaticString(",")
                buffer.writeJSONString(member.name)
                buffer.writeString(":\(number)")
            }
        }
        buffer.writeStaticString("}")
        return buffer
    }

    private func writeMember(_ name: String, _ value: String?, into buffer: inout ByteBuffer) {
        guard let value else { return }
        buffer.writeStaticString(",")
        buffer.writeJSONString(name)
        buffer.writeStaticString(":")
        buffer.writeJSONString(value)
    }
}
