import CloudEvents
import Foundation

/// An adapter of the CloudEvents specification as data: sentences such as `repository.url value`, which this reads.
struct AdapterTable {
    struct Attributes {
        var type: String
        /// nil: the payload has no such member, and the adapter says nothing of that.
        var source: String?
        var subject: String?
        /// nil: the current time, or no time.
        var time: String?
    }

    /// By the name of the event, sentences by the name of the attribute.
    let rows: [String: [String: String]]

    init(_ text: String) throws {
        self.rows = try JSONDecoder().decode([String: [String: String]].self, from: Data(text.utf8))
    }

    /// What the adapter makes of an event of that kind; nil where it does not know it.
    func attributes(of kind: String, body: String) throws -> Attributes? {
        let document = try JSONSerialization.jsonObject(with: Data(body.utf8))
        return self.row(of: kind).map { Self.attributes($0, document) }
    }

    /// What the sentences of a row make of a payload.
    static func attributes(_ row: [String: String], _ document: Any) -> Attributes {
        let time = row["time"].flatMap { Self.time($0, document) }
        return Attributes(
            type: Self.type(row["type"] ?? "", document), source: row["source"].flatMap { Self.text($0, document) },
            subject: row["subject"].flatMap { $0 == "Omit" ? nil : Self.text($0, document) },
            time: time.flatMap { RFC3339.milliseconds($0) != nil ? $0 : nil })
    }

    /// `pull_request` is `PullRequestEvent`.
    private func row(of kind: String) -> [String: String]? {
        let name = Self.alias[kind] ?? kind.filter { $0 != "_" } + "event"
        return self.rows.first { $0.key.lowercased() == name }?.value
    }

    private static let alias = ["installation_repositories": "installationrepositoryevent"]

    /// `com.github.issues. + action value`; the dot is missing in some rows, and what follows a `#` is a note.
    private static func type(_ sentence: String, _ document: Any) -> String {
        var parts = self.withoutNote(sentence).components(separatedBy: " + ").filter { $0 != "." }
        var type = parts.removeFirst().trimmingCharacters(in: .whitespaces)
        while type.hasSuffix(".") { type.removeLast() }
        for part in parts { if let value = self.text(part, document) { type += ".\(value)" } }
        return type
    }

    private static func withoutNote(_ sentence: String) -> String {
        sentence.components(separatedBy: "#")[0].trimmingCharacters(in: .whitespaces)
    }

    /// `a.b value + / + c value`, `… without the /username portion`, or a text.
    private static func text(_ sentence: String, _ document: Any) -> String? {
        let isParent = sentence.contains("without the /username portion")
        let plain = self.withoutNote(sentence).components(separatedBy: " without ")[0].trimmingCharacters(in: [","])
            .replacingOccurrences(of: " when available", with: "").replacingOccurrences(of: " if exists", with: "")
        var text = ""
        for part in plain.components(separatedBy: " + ") {
            guard part.hasSuffix(" value") || part.contains("sponsor.login") else {
                text += part
                continue
            }
            let path = part.replacingOccurrences(of: " value", with: "").components(separatedBy: ".")
            guard let value = self.value(path, document) else { return nil }
            text += value
        }
        if isParent, let slash = text.lastIndex(of: "/") { return String(text[..<slash]) }
        return text
    }

    private static func value(_ path: [String], _ document: Any) -> String? {
        var value: Any? = document
        for name in path { value = (value as? [String: Any])?[name] }
        switch value {
        case let text as String: return text
        case let number as NSNumber: return number.stringValue
        default: return nil
        }
    }

    /// `a value, unless null, then b value`; `release.…_at value based on action`.
    private static func time(_ sentence: String, _ document: Any) -> String? {
        let plain = Self.withoutNote(sentence)
        if plain.contains("based on action") {
            let action = Self.value(["action"], document) ?? ""
            return Self.value(["release", "\(action)_at"], document)
        }
        guard !plain.hasPrefix("Current time") else { return nil }
        let normal = plain.replacingOccurrences(of: " , ", with: ", ").replacingOccurrences(
            of: "null then", with: "null, then")
        for part in normal.components(separatedBy: ", unless null, then ") {
            let path = part.components(separatedBy: " value")[0].components(separatedBy: ".")
            if let value = Self.value(path, document) { return value }
        }
        return nil
    }
}
