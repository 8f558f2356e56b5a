import Crypto
import FoundationEssentials
import NIOCore

/// A secret, ready to be used.
struct WebhookKey: Sendable {
    private enum Key: Sendable {
        case symmetric(SymmetricKey)
        case ed25519(Curve25519.Signing.PublicKey)
    }

    var scheme: SignatureScheme
    private let key: Key

    /// - Throws: ``WebhookSecretError`` where the scheme can do nothing with it.
    init(_ secret: String, for provider: WebhookProvider) throws(WebhookSecretError) {
        guard !secret.isEmpty else { throw WebhookSecretError("a secret is empty: give the provider's") }
        guard
            let scheme = provider.schemes.first(where: { $0.secretPrefix.map(secret.hasPrefix) ?? true })
        else { throw WebhookSecretError("\(provider.name) has no use for a secret that begins as this one does") }
        self.scheme = scheme
        let bytes = try Self.bytes(of: secret, scheme.keyDecoding)
        if scheme.algorithm == .ed25519 {
            guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: bytes) else {
                throw WebhookSecretError("a public key is not one of ed25519: it has 32 bytes in base64 behind whpk_")
            }
            self.key = .ed25519(key)
        } else {
            self.key = .symmetric(SymmetricKey(data: bytes))
        }
    }

    private static func bytes(
        of secret: String, _ decoding: SignatureScheme.KeyDecoding
    ) throws(WebhookSecretError) -> [UInt8] {
        guard case .base64(let prefix) = decoding else { return Array(secret.utf8) }
        if secret.hasPrefix("whsk_") {
            throw WebhookSecretError("a private key (whsk_) stays with who signs: give the public one (whpk_)")
        }
        let text = secret.hasPrefix(prefix) ? String(secret.dropFirst(prefix.count)) : secret
        guard let bytes = Data(base64Encoded: text), !bytes.isEmpty else {
            throw WebhookSecretError(
                "a secret is no base64 behind \(prefix): copy it again from the provider")
        }
        return Array(bytes)
    }

    /// Whether one of the signatures is that of the content. Takes as long whatever is wrong with them.
    func matches(_ candidates: [[UInt8]], _ content: SignedContent) -> Bool {
        switch self.key {
        case .ed25519(let key):
            let bytes = content.bytes
            return candidates.contains { key.isValidSignature($0, for: bytes) }
        case .symmetric(let key):
            switch self.scheme.algorithm {
            case .token:
                let secret = key.withUnsafeBytes { SHA256.hash(data: $0) }
                return candidates.contains { SHA256.hash(data: $0) == secret }
            case .hmacSHA512: return Self.matches(candidates, content, HMAC<SHA512>(key: key))
            case .hmacSHA1: return Self.matches(candidates, content, HMAC<Insecure.SHA1>(key: key))
            case .hmacSHA256, .ed25519: return Self.matches(candidates, content, HMAC<SHA256>(key: key))
            }
        }
    }

    /// The body is hashed where it lies.
    private static func matches<Hash>(
        _ candidates: [[UInt8]], _ content: SignedContent, _ empty: HMAC<Hash>
    ) -> Bool {
        var code = empty
        code.update(data: content.head)
        content.body?.withUnsafeReadableBytes { code.update(data: $0) }
        let expected = code.finalize()
        return candidates.contains { expected == $0 }
    }
}
