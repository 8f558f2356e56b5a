import CloudEvents
import Crypto
import NIOCore

/// What templates are filled from: one thing that happened, as a request tells of it.
struct WebhookContent: Sendable {
    /// Names in small letters.
    let headers: [(name: String, value: String)]
    let endpoint: String
    /// What is hashed where the provider gives no id: the body, or the part of it that is the event.
    let hashed: ByteBuffer
    /// What the provider calls this kind of webhook, where it says so.
    var kind: String?
    /// Goes into the hash as well, so that equal parts of one body differ.
    var salt = ""
    /// The fields of a form, where the body is one.
    var fields: [(name: String, value: String)] = []

    /// The one header of that name; nil where there is none, or more than one.
    func header(_ name: String) -> String? {
        var found: String?
        for header in self.headers where header.name == name {
            guard found == nil else { return nil }
            found = header.value
        }
        return found
    }

    func field(_ name: String) -> String? { self.fields.first { $0.name == name }?.value }

    /// 128 bits of the SHA-256, in hexadecimal.
    var hash: String {
        var hash = SHA256()
        hash.update(data: Array(self.salt.utf8))
        self.hashed.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
        return Self.hexadecimal(hash.finalize().prefix(16))
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
