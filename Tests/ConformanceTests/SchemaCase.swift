import Foundation
import JSONSchema
import Testing

/// A schema of the published suite, and values that fit it or do not.
struct SchemaCase: Sendable, CustomTestStringConvertible {
    var file: String
    var name: String
    var schema: JSONNode
    /// Whether a format is asserted: the optional part of the suite asks for it.
    var assertsFormats: Bool
    var values: [(name: String, value: JSONNode, fits: Bool)]

    var testDescription: String { "\(self.file): \(self.name)" }

    /// The suite's own documents at the addresses that its schemas use.
    static let library: SchemaLibrary = {
        var library = SchemaLibrary()
        let folder = ConformanceSuite.jsonSchema.folder.appending(path: "remotes")
        for file in Self.files(in: folder) {
            let path = file.path.dropFirst(folder.path.count)
            if let document = Self.node(file) { library.add(document, at: "http://localhost:1234\(path)") }
        }
        return library
    }()

    /// None where the suite is absent.
    static let all: [SchemaCase] = {
        let suite = ConformanceSuite.jsonSchema
        guard suite.isPresent else { return [] }
        return Self.files(in: suite.folder).filter { !$0.path.contains("/remotes/") }.flatMap { file in
            let path = String(file.path.dropFirst(suite.folder.path.count + 1))
            guard case .array(let groups) = Self.node(file) else { return [SchemaCase]() }
            return groups.compactMap { SchemaCase($0, file: path) }
        }
    }()

    private static func files(in folder: URL) -> [URL] {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap {
            $0 as? URL
        }
        return (files ?? []).filter { $0.pathExtension == "json" }.sorted { $0.path < $1.path }
    }

    private static func node(_ file: URL) -> JSONNode? {
        guard let text = try? String(contentsOf: file, encoding: .utf8) else { return nil }
        return try? JSONNode(text)
    }

    private init?(_ group: JSONNode, file: String) {
        guard case .object(let members) = group, case .string(let name) = members["description"],
            let schema = members["schema"], case .array(let tests) = members["tests"]
        else { return nil }
        self.file = file
        self.name = name.text
        self.schema = schema
        self.assertsFormats = file.hasPrefix("optional/format/")
        self.values = tests.compactMap { test in
            guard case .object(let members) = test, case .string(let name) = members["description"],
                let value = members["data"], case .boolean(let fits) = members["valid"]
            else { return nil }
            return (name.text, value, fits)
        }
    }
}
