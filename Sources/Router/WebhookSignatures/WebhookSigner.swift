import Crypto
import FoundationEssentials
import NIOCore

/// Signs what the router sends, as Standard Webhooks 1.0.0 has it, with one secret. Knows no clock.
public struct WebhookSigner: Sendable {
    private enum Key: Sendable {
        case symmetric(SymmetricKey)
        case ed25519(Curve25519.Signing.PrivateKey)
    }

    /// How a request is signed; one of these for all secrets of a subscription.
    public enum Scheme: String, Sendable, Hashable, CaseIterable {
        /// `v1`, with a secret that both sides know.
        case hmacSHA256 = "hmac-sha256"
        /// `v1a`, with a key of which the receiver knows the public half only.
        case ed25519
    }

    /// Bytes of a symmetric secret, as the specification has it.
    public static let symmetricBytes = 24...64
    private static let symmetricPrefix = "whsec_"
    private static let privatePrefix = "whsk_"
    private static let publicPrefix = "whpk_"
    private static let seedBytes = 32

    public let scheme: Scheme
    private let key: Key

    /// - Parameter secret: `whsec_` and base64 of 24 to 64 bytes; for ed25519 `whsk_` and base64 of the 32 bytes of the
    ///   private key, which the 32 of the public one may follow.
    /// - Throws: ``WebhookSecretError`` that tells the mend and not the text.
    public init(_ secret: String, scheme: Scheme) throws(WebhookSecretError) {
        self.scheme = scheme
        switch scheme {
        case .hmacSHA256:
            guard secret.hasPrefix(Self.symmetricPrefix),
                let bytes = Data(base64Encoded: String(secret.dropFirst(Self.symmetricPrefix.count))),
                Self.symmetricBytes.contains(bytes.count)
            else {
                throw WebhookSecretError(
                    "a secret must be \(Self.symmetricPrefix) and base64 of \(Self.symmetricBytes.lowerBound) to "
                        + "\(Self.symmetricBytes.upperBound) bytes")
            }
            self.key = .symmetric(SymmetricKey(data: bytes))
        case .ed25519:
            guard secret.hasPrefix(Self.privatePrefix),
                let bytes = Data(base64Encoded: String(secret.dropFirst(Self.privatePrefix.count))),
                let key = Self.privateKey(bytes)
            else {
                throw WebhookSecretError(
                    "a secret must be \(Self.privatePrefix) and base64 of the \(Self.seedBytes) bytes of a private "
                        + "key of ed25519, alone or with its public key behind them")
            }
            self.key = .ed25519(key)
        }
    }

    private static func privateKey(_ bytes: Data) -> Curve25519.Signing.PrivateKey? {
        guard bytes.count == self.seedBytes || bytes.count == 2 * self.seedBytes,
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes.prefix(self.seedBytes))
        else { return nil }
        // A public half of another key would let people publish what verifies nothing.
        let given = bytes.dropFirst(self.seedBytes)
        return given.isEmpty || given.elementsEqual(key.publicKey.rawRepresentation) ? key : nil
    }

    /// The text of a new secret.
    /// - Parameter randomBytes: 32 bytes that nobody can guess.
    public static func secret(_ scheme: Scheme, randomBytes: [UInt8]) -> String {
        switch scheme {
        case .hmacSHA256: return self.symmetricPrefix + Data(randomBytes).base64EncodedString()
        case .ed25519:
            let publicKey = try? Curve25519.Signing.PrivateKey(rawRepresentation: randomBytes).publicKey
            let bytes = randomBytes + Array(publicKey?.rawRepresentation ?? Data())
            return self.privatePrefix + Data(bytes).base64EncodedString()
        }
    }

    /// `whpk_…`, which receivers verify with; nil where both sides have the secret.
    public var publicKey: String? {
        guard case .ed25519(let key) = self.key else { return nil }
        return Self.publicPrefix + key.publicKey.rawRepresentation.base64EncodedString()
    }

    /// One item of `webhook-signature`: `v1,…` or `v1a,…`.
    /// - Parameters:
    ///   - id: what `webhook-id` says; without a full stop.
    ///   - timestamp: what `webhook-timestamp` says, in seconds since 1970.
    ///   - body: as it is sent.
    public func signature(id: String, timestamp: Int64, body: ByteBuffer?) -> String {
        let head = Array("\(id).\(timestamp).".utf8)
        switch self.key {
        case .symmetric(let key):
            var code = HMAC<SHA256>(key: key)
            code.update(data: head)
            body?.withUnsafeReadableBytes { code.update(data: $0) }
            return "v1," + Data(code.finalize()).base64EncodedString()
        case .ed25519(let key):
            var content = head
            if let body { content += body.readableBytesView }
            // It fails for keys that are none, which this one is not.
            guard let signature = try? key.signature(for: content) else { return "" }
            return "v1a," + signature.base64EncodedString()
        }
    }
}
