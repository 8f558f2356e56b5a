import CloudEvents
import FoundationEssentials
import NIOCore

/// Any JSON, for answers whose shape only people need to know.
enum JSONValue: Sendable, Hashable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
    /// JSON that is sent as it was written: the order of its members, and all digits of its numbers, count.
    case text(JSONText)
}

/// The text of one JSON value.
struct JSONText: Sendable, Hashable {
    let text: String
}

extension JSONValue {
    /// nil where the bytes are no JSON.
    init?(parsing bytes: some Sequence<UInt8>) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes)) else { return nil }
        self = value
    }

    /// The same with a member as the text that it is, where it is there.
    /// - Parameters:
    ///   - path: names of members, from the outside in.
    ///   - bytes: what the value was read from.
    func keepingText(at path: [String], of bytes: ByteBuffer) -> JSONValue {
        guard let text = try? JSONMembers.text(at: path, in: bytes, nestingMax: 512) else { return self }
        return self.putting(.text(JSONText(text: String(buffer: text))), at: path[...])
    }

    /// The same with another value for a member that is there.
    func putting(_ value: JSONValue, at path: ArraySlice<String>) -> JSONValue {
        guard let name = path.first else { return value }
        guard case .object(var members) = self, let member = members[name], member != .null else { return self }
        members[name] = member.putting(value, at: path.dropFirst())
        return .object(members)
    }

    /// The member of an object; nil for `null` too.
    subscript(_ name: String) -> JSONValue? {
        guard case .object(let members) = self, let value = members[name], value != .null else { return nil }
        return value
    }

    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var integer: Int64? {
        switch self {
        case .integer(let integer): integer
        case .number(let number): Int64(exactly: number)
        default: nil
        }
    }

    var elements: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    var members: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The value as a person reads it in a table: texts without quotes, everything else as JSON.
    var plain: String {
        switch self {
        case .string(let text): text
        case .null: ""
        default: self.serialized()
        }
    }

    /// Compact JSON, members by name; texts as they are.
    func serialized() -> String {
        switch self {
        case .text(let json): return json.text
        case .array(let elements): return "[" + elements.map { $0.serialized() }.joined(separator: ",") + "]"
        case .object(let members):
            let members = members.sorted { $0.key < $1.key }.map { "\(Self.encoded($0)):\($1.serialized())" }
            return "{" + members.joined(separator: ",") + "}"
        case .string(let text): return Self.encoded(text)
        case .null, .boolean, .integer, .number: return Self.encoded(self)
        }
    }

    private static func encoded(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { return "null" }
        return String(decoding: data, as: UTF8.self)
    }
}

extension JSONValue: Codable {
    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let boolean = try? container.decode(Bool.self) {
            self = .boolean(boolean)
        } else if let integer = try? container.decode(Int64.self) {
            self = .integer(integer)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let text = try? container.decode(String.self) {
            self = .string(text)
        } else if let elements = try? container.decode([JSONValue].self) {
            self = .array(elements)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .boolean(let boolean): try container.encode(boolean)
        case .integer(let integer): try container.encode(integer)
        case .number(let number): try container.encode(number)
        case .string(let text): try container.encode(text)
        case .array(let elements): try container.encode(elements)
        case .object(let members): try container.encode(members)
        case .text(let json): try container.encode(JSONValue(parsing: json.text.utf8) ?? .null)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
    init(stringLiteral value: String) { self = .string(value) }
    init(booleanLiteral value: Bool) { self = .boolean(value) }
    init(integerLiteral value: Int64) { self = .integer(value) }
}
