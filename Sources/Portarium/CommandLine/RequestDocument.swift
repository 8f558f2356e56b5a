import Yams

/// A JSON or YAML document that is sent as it is.
enum RequestDocument {
    private static let bytesMax = 1_048_576

    /// Reads an object from a file, `-` is the standard input.
    /// - Throws: ``CommandFailure`` with ``ExitStatus/usage`` and the place, where it is no such document.
    static func read(_ path: String) throws -> [String: JSONValue] {
        let bytes = try FileContents.read(path, bytesMax: self.bytesMax)
        let text = String(decoding: bytes, as: UTF8.self)
        let value: JSONValue?
        if let json = JSONValue(parsing: bytes) {
            value = json
        } else {
            let document = YAMLText(text)
            guard document.issues.isEmpty else {
                throw CommandFailure(
                    .usage, "'\(path)' is neither JSON nor YAML", details: document.issues.map { $0.text(file: path) })
            }
            value = document.root.map(JSONValue.init)
        }
        guard let members = value?.members else {
            throw CommandFailure(.usage, "'\(path)' must hold one object")
        }
        return members
    }
}
