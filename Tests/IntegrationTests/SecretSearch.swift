import Foundation

/// Looks for secrets in what a program let out, also where they were written otherwise: hexadecimal, percent-encoded,
/// or in base64 in whatever place of a longer text.
struct SecretSearch: Sendable {
    /// Where a secret was found.
    struct Finding: Sendable, CustomStringConvertible {
        var secret: String
        var form: String
        var place: String
        var description: String { "\(self.secret) as \(self.form) in \(self.place)" }
    }

    /// By name. Twelve characters at least, so that nothing is found by chance.
    private(set) var secrets: [String: String]

    init(_ secrets: [String: String]) {
        precondition(secrets.values.allSatisfy { $0.utf8.count >= 12 })
        self.secrets = secrets
    }

    /// Everything that is found in named texts.
    func findings(in texts: [(place: String, text: String)]) -> [Finding] {
        self.secrets.sorted { $0.key < $1.key }.flatMap { name, secret in
            Self.forms(of: secret).flatMap { form, text in
                texts.filter { $0.text.contains(text) }.map { Finding(secret: name, form: form, place: $0.place) }
            }
        }
    }

    /// A text in all forms that are looked for.
    static func forms(of secret: String) -> [(name: String, text: String)] {
        let bytes = Array(secret.utf8)
        let hex = bytes.map { String(format: "%02x", $0) }.joined()
        var forms = [("text", secret), ("hexadecimal", hex), ("capital hexadecimal", hex.uppercased())]
        forms.append(("percent-encoding", bytes.map { String(format: "%%%02X", $0) }.joined()))
        if let encoded = secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics), encoded != secret {
            forms.append(("percent-encoding where it is needed", encoded))
        }
        // What base64 makes of it depends on how many bytes stand before; the characters at both ends also hold bits of
        // the neighbours.
        for before in 0..<3 {
            let padded = Data([UInt8](repeating: 0, count: before) + bytes)
            let base64 = padded.base64EncodedString().replacing("=", with: "")
            let inner = String(base64.dropFirst(before == 0 ? 0 : before + 1).dropLast(1))
            forms.append(("base64 at \(before)", inner))
            let url = inner.replacing("+", with: "-").replacing("/", with: "_")
            if url != inner { forms.append(("base64url at \(before)", url)) }
        }
        return forms
    }
}
