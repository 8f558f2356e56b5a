/// A secret in a file, where neither the history of a shell nor a list of processes shows it.
enum SecretArgument {
    /// No secret is larger.
    private static let bytesMax = 8_192

    /// The file's text without its last line break; `-` is the standard input.
    /// - Throws: ``CommandFailure`` where there is none.
    static func read(file path: String) throws -> String {
        var bytes = try FileContents.read(path, bytesMax: self.bytesMax + 2)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard let secret = String(validating: bytes, as: UTF8.self), !secret.isEmpty else {
            throw CommandFailure(.usage, "'\(path)' holds no secret: it is empty or not UTF-8")
        }
        return secret
    }
}
