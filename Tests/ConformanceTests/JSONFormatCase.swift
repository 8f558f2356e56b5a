import Foundation
import NIOCore
import Testing

/// A document of the JSON format's suite, read by Foundation to know what an event of it has to say.
struct JSONFormatCase: Sendable, CustomTestStringConvertible {
    /// A member with its type.
    enum Value: Equatable, Sendable {
        case string(String)
        case integer(Int)
        case boolean(Bool)
    }

    var path: String
    var text: String
    /// The member that makes the document no event: its name, or a number that is no integer of 32 bits.
    var culprit: String?
    /// The attributes as those of 1.0.
    var attributes: [String: Value] = [:]
    var data: ByteBuffer?

    var testDescription: String { self.path }

    /// The names of documents that have to be refused say so.
    var isNamedNegative: Bool {
        let name = self.path.split(separator: "/").last ?? ""
        return name.hasPrefix("fail_") || name.contains("_invalid")
    }

    /// All documents of versions 1.0 and 0.3; none where the suite is absent.
    static let all: [JSONFormatCase] = ConformanceSuite.cloudEventsJSON.paths(endingWith: ".json").compactMap { path in
        // The other formats keep JSON of theirs there too.
        guard path.contains("/v1/") || path.contains("/v03/"), !path.hasSuffix(".proto.json") else { return nil }
        do {
            return try JSONFormatCase(path: path, text: try ConformanceSuite.cloudEventsJSON.text(at: path))
        } catch {
            Issue.record("\(path) cannot be read: \(error)")
            return nil
        }
    }

    static let positives = Self.all.filter { $0.culprit == nil }
    static let negatives = Self.all.filter { $0.culprit != nil }

    private init(path: String, text: String) throws {
        self.path = path
        self.text = text
        let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
        let members = try #require(object as? [String: Any])
        for (name, value) in members where name != "data" && name != "data_base64" {
            let isName = name.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) }
            switch value {
            case is NSNull: if !isName { self.culprit = name }
            case let text as String: self.attributes[name] = .string(text)
            case let number as NSNumber:
                if let value = Self.value(of: number) {
                    self.attributes[name] = value
                } else {
                    self.culprit = name
                }
            default: self.culprit = name
            }
            if !isName { self.culprit = name }
        }
        self.data = try self.data(of: members)
        if self.attributes["specversion"] == .string("0.3") { self.upgrade() }
        if self.data != nil, self.attributes["datacontenttype"] == nil, members["data"] != nil {
            self.attributes["datacontenttype"] = .string("application/json")
        }
    }

    private static func value(of number: NSNumber) -> Value? {
        if isBoolean(number) { return .boolean(number.boolValue) }
        let double = number.doubleValue
        return double == double.rounded() ? Int32(exactly: double).map { .integer(Int($0)) } : nil
    }

    /// Foundation keeps the type of a number in its encoding: `c` is a Boolean's.
    private static func isBoolean(_ number: NSNumber) -> Bool {
        String(cString: number.objCType) == "c"
    }

    /// The bytes of the data (JSON format, section 3.1.2; version 0.3: `datacontentencoding`).
    private func data(of members: [String: Any]) throws -> ByteBuffer? {
        let isEncoded = self.attributes["datacontentencoding"] == .string("base64")
        if let text = members["data_base64"] as? String ?? (isEncoded ? members["data"] as? String : nil) {
            return ByteBuffer(bytes: try #require(Data(base64Encoded: text)))
        }
        guard let value = members["data"] else { return nil }
        if case .string(let type) = self.attributes["datacontenttype"], !EventContent.isJSON(type) {
            return ByteBuffer(string: try #require(value as? String))
        }
        return ByteBuffer(string: try #require(EventContent.canonicalJSON(value)))
    }

    private mutating func upgrade() {
        self.attributes["specversion"] = .string("1.0")
        self.attributes["dataschema"] = self.attributes.removeValue(forKey: "schemaurl")
        self.attributes["datacontentencoding"] = nil
    }
}
