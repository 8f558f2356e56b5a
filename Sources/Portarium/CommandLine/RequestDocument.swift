import NIOCore
import Yams

/// A JSON or YAML document that is sent as it is.
enum RequestDocument {
    private static let bytesMax = 1_048_576

    /// Reads an object from a file, `-` is the standard input.
    /// - Parameter textPath: a member whose text is kept as it is written, by the names from the outside in.
    /// - Throws: ``CommandFailure`` with ``ExitStatus/usage`` and the place, where it is no such document.
    static func read(_ path: String, keepingTextAt textPath: [String] = []) throws -> [String: JSONValue] {
        let bytes = try FileContents.read(path, bytesMax: self.bytesMax)
        let text = String(decoding: bytes, as: UTF8.self)
        let value: JSONValue?
        if let json = JSONValue(parsing: bytes) {
            value = textPath.isEmpty ? json : json.keepingText(at: textPath, of: ByteBuffer(bytes: bytes))
        } else {
            let document = YAMLText(text)
            guard document.issues.isEmpty else {
                throw CommandFailure(
                    .usage, "'\(path)' is neither JSON nor YAML", details: document.issues.map { $0.text(file: path) })
            }
            value = document.root.map { root in
                let kept = textPath.reduce(Optional(root)) { $0?.mapping?[$1] }
                guard let kept, !textPath.isEmpty else { return JSONValue(root) }
                return JSONValue(root).putting(.text(JSONValue.text(of: kept)), at: textPath[...])
            }
        }
        guard let members = value?.members else {
            throw CommandFailure(.usage, "'\(path)' must hold one object")
        }
        return members
    }
}
