#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the header of a token says of its signature (RFC 7515, section 4.1), which nobody has verified yet.
struct TokenHeader: Decodable, Sendable {
    let alg: String
    let kid: String?
    let crit: [String]?

    /// The header of a token in compact serialization; nil where it has none that can be read.
    init?(of token: String) {
        var text = String(token.prefix { $0 != "." })
        text = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let bytes = Data(base64Encoded: text), let header = try? JSONDecoder().decode(Self.self, from: bytes)
        else { return nil }
        self = header
    }
}
