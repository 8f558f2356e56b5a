import Foundation
import NIOCore
import Testing
import Yams

/// An event of the YAML samples, which say what an event has and leave the message to the sender.
struct YAMLEventCase: Sendable, CustomTestStringConvertible {
    enum Mode: String, Sendable {
        case binary
        case structured
    }

    var path: String
    var index: Int
    /// The modes to send it in: the one that the sample names, or both.
    var modes: [Mode] = [.binary, .structured]
    var attributes: [String: String] = [:]
    var transportHeaders: [String: String] = [:]
    var data: String?

    var testDescription: String { "\(self.path) \(self.index): \(self.attributes["id"] ?? "without id")" }

    /// All events of all files; none where the suite is absent.
    static let all: [YAMLEventCase] = ConformanceSuite.cloudEvents.paths(endingWith: ".yaml").flatMap { path in
        do {
            let nodes = try Yams.compose_all(yaml: try ConformanceSuite.cloudEvents.text(at: path))
            return nodes.enumerated().map { YAMLEventCase(path: path, index: $0, node: $1) }
        } catch {
            Issue.record("\(path) cannot be read: \(error)")
            return []
        }
    }

    private init(path: String, index: Int, node: Node) {
        self.path = path
        self.index = index
        if let mode = node["Mode"]?.scalar?.string {
            self.modes = Mode(rawValue: mode).map { [$0] } ?? []
            if self.modes.isEmpty { Issue.record("\(path): \(mode) is no mode that is known here") }
        }
        self.attributes = Self.texts(node["ContextAttributes"])
        self.attributes.merge(Self.texts(node["ContextAttributes"]?["Extensions"])) { $1 }
        self.transportHeaders = Self.texts(node["TransportExtensions"])
        self.data = node["Data"]?.scalar?.string
    }

    /// The scalars of a mapping without the white space around them: a line break at the end of a block is YAML's, and
    /// no attribute could hold it. The suite's own sender does so too.
    private static func texts(_ node: Node?) -> [String: String] {
        var texts: [String: String] = [:]
        for (key, value) in node?.mapping ?? [:] {
            guard let name = key.scalar?.string, let text = value.scalar?.string else { continue }
            texts[name] = text.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return texts
    }

    private var isJSON: Bool { self.attributes["datacontenttype"].map(EventContent.isJSON) ?? true }

    /// A required attribute that the sample leaves out: then it is no event.
    var missingAttribute: String? {
        ["specversion", "id", "source", "type"].first { self.attributes[$0] == nil }
    }

    /// What is read from a message in that mode: an event of 1.0.
    func content(mode: Mode) -> EventContent {
        var attributes = self.attributes
        attributes["specversion"] = "1.0"
        attributes["dataschema"] = attributes["schemaurl"] ?? attributes["dataschema"]
        attributes["schemaurl"] = nil
        let content = EventContent(attributes: attributes, data: self.data.map { ByteBuffer(string: $0) })
        return mode == .structured ? content.withImpliedType : content
    }

    func message(mode: Mode, binding: EventMessage.Binding) throws -> EventMessage {
        switch mode {
        case .binary: self.binaryMessage(binding)
        case .structured: try self.structuredMessage(binding)
        }
    }

    private func binaryMessage(_ binding: EventMessage.Binding) -> EventMessage {
        var headers = self.transportHeaders.map { (name: $0.key, value: $0.value) }
        for (name, value) in self.attributes {
            let isContentType = name == "datacontenttype"
            headers.append(
                (
                    name: isContentType ? "content-type" : binding.prefix + name,
                    value: binding == .kafka || isContentType ? value : Self.percentEncoded(value)
                ))
        }
        return EventMessage(binding: binding, headers: headers, body: self.data.map { ByteBuffer(string: $0) })
    }

    private func structuredMessage(_ binding: EventMessage.Binding) throws -> EventMessage {
        var members: [String: Any] = self.attributes
        if let data {
            members["data"] =
                self.isJSON
                ? try JSONSerialization.jsonObject(with: Data(data.utf8), options: .fragmentsAllowed) : data
        }
        var headers = self.transportHeaders.map { (name: $0.key, value: $0.value) }
        headers.append((name: "Content-Type", value: "application/cloudevents+json; charset=utf-8"))
        return EventMessage(
            binding: binding, headers: headers,
            body: ByteBuffer(bytes: try JSONSerialization.data(withJSONObject: members)))
    }

    /// Section 3.1.3.2 of the HTTP binding, written once more so that the router is not measured by itself.
    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain = (0x21...0x7e).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "%")
            return isPlain
                ? String(UnicodeScalar(byte)) : "%" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}
