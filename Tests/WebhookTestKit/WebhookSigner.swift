import Crypto
import Foundation

/// Signs as providers do, without the verifier's table.
public enum WebhookSigner {
    /// Hexadecimal HMAC-SHA256.
    public static func hex(_ text: String, _ secret: String) -> String {
        self.sha256(text, Array(secret.utf8)).map { String(format: "%02x", $0) }.joined()
    }

    /// HMAC-SHA256 in base64.
    public static func base64(_ text: String, _ secret: String) -> String {
        self.sha256(text, Array(secret.utf8)).base64EncodedString()
    }

    /// HMAC-SHA1.
    public static func sha1(_ text: String, _ secret: String) -> Data {
        Data(
            HMAC<Insecure.SHA1>.authenticationCode(
                for: Data(text.utf8), using: SymmetricKey(data: Array(secret.utf8))))
    }

    /// HMAC-SHA256.
    public static func sha256(_ text: String, _ key: [UInt8]) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: SymmetricKey(data: key)))
    }

    /// What GitHub sends with a body.
    public static func github(
        _ body: String, event: String, delivery: String, secret: String
    ) -> [(String, String)] {
        [
            ("Content-Type", "application/json"), ("X-GitHub-Event", event), ("X-GitHub-Delivery", delivery),
            ("X-Hub-Signature-256", "sha256=\(self.hex(body, secret))"),
        ]
    }
}
