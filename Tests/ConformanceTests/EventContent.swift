import CloudEvents
import Foundation
import NIOCore

/// What an event says, whatever form it was written in: attributes in their canonical text, and data compared as JSON
/// where it is JSON, else byte by byte.
struct EventContent: Equatable, CustomStringConvertible {
    var attributes: [String: String]
    var data: String?

    init(attributes: [String: String], data: ByteBuffer?) {
        self.attributes = attributes
        guard let data else { return }
        let isJSON = attributes["datacontenttype"].map(Self.isJSON) ?? true
        let bytes = Data(data.readableBytesView)
        self.data = (isJSON ? Self.canonicalJSON(bytes) : nil) ?? "base64 \(bytes.base64EncodedString())"
    }

    init(_ event: CloudEvent) {
        var attributes: [String: String] = [:]
        event.attributes.forEach { name, value, _ in
            attributes[String(decoding: name, as: UTF8.self)] = String(decoding: value, as: UTF8.self)
        }
        self.init(attributes: attributes, data: event.data)
    }

    /// The same with the content type that the JSON format implies.
    var withImpliedType: EventContent {
        var copy = self
        if self.data?.hasPrefix("base64 ") == false, self.attributes["datacontenttype"] == nil {
            copy.attributes["datacontenttype"] = "application/json"
        }
        return copy
    }

    var description: String { "\(self.attributes.sorted { $0.key < $1.key }) \(self.data ?? "no data")" }

    /// The media types of which the JSON format says that they declare JSON: `*/json` and `*/*+json`.
    static func isJSON(_ mediaType: String) -> Bool {
        let essence = mediaType.split(separator: ";", omittingEmptySubsequences: false)[0].lowercased()
            .trimmingCharacters(in: .whitespaces)
        return essence.hasSuffix("/json") || essence.hasSuffix("+json")
    }

    /// The same text for the same JSON value; nil where it is none.
    static func canonicalJSON(_ text: Data) -> String? {
        guard let value = try? JSONSerialization.jsonObject(with: text, options: .fragmentsAllowed) else { return nil }
        return self.canonicalJSON(value)
    }

    static func canonicalJSON(_ value: Any) -> String? {
        guard
            let text = try? JSONSerialization.data(
                withJSONObject: value, options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
        else { return nil }
        return String(decoding: text, as: UTF8.self)
    }
}
