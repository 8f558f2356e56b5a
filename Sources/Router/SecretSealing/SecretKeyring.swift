import Crypto
import FoundationEssentials

/// Seals secrets for storage, and opens them again: AES-256-GCM, bound to what they belong to.
///
/// The first key seals; the others, of earlier days, still open.
public struct SecretKeyring: Sendable {
    /// Bytes of a key.
    public static let keyBytes = 32
    /// Keys at most.
    public static let keysMax = 16

    private struct Key: Sendable {
        let id: String
        let key: SymmetricKey
    }

    private static let version = "v1"
    private let keys: [Key]

    /// A ring of keys in base64, with commas or white space between them.
    /// - Throws: ``SecretSealingError`` that tells the mend and not the text.
    public init(_ text: String) throws(SecretSealingError) {
        let texts = text.split { $0 == "," || $0.isWhitespace }
        guard !texts.isEmpty, texts.count <= Self.keysMax else {
            throw SecretSealingError("must have 1 to \(Self.keysMax) keys")
        }
        var keys: [Key] = []
        for text in texts {
            guard let bytes = Data(base64Encoded: String(text)), bytes.count == Self.keyBytes else {
                throw SecretSealingError(
                    "must be keys of \(Self.keyBytes) bytes in base64, such as 'openssl rand -base64 32' makes")
            }
            keys.append(Key(id: Self.id(of: bytes), key: SymmetricKey(data: bytes)))
        }
        self.keys = keys
    }

    /// A new key, as ``init(_:)`` reads it.
    public static func makeKey() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64EncodedString() }
    }

    /// The secret as it can be stored.
    /// - Parameter binding: whose it is: with another one it cannot be opened.
    public func seal(_ secret: String, binding: [String]) throws(SecretSealingError) -> String {
        let key = self.keys[0]
        do {
            let box = try AES.GCM.seal(
                Data(secret.utf8), using: key.key, authenticating: Self.authenticated(binding))
            guard let combined = box.combined else { throw SecretSealingError("cannot be sealed") }
            return "\(Self.version).\(key.id).\(combined.base64EncodedString())"
        } catch { throw (error as? SecretSealingError) ?? SecretSealingError("cannot be sealed") }
    }

    /// The secret of what ``seal(_:binding:)`` gave.
    /// - Throws: ``SecretSealingError`` where the key is not on the ring, or the text or the binding is another one.
    public func open(_ sealed: String, binding: [String]) throws(SecretSealingError) -> String {
        let parts = sealed.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == Self.version, let combined = Data(base64Encoded: String(parts[2])) else {
            throw SecretSealingError("was not sealed by this version of the router")
        }
        guard let key = self.keys.first(where: { $0.id == parts[1] }) else {
            throw SecretSealingError(
                "was sealed with the key '\(parts[1])', which is none of those that are configured")
        }
        do {
            let bytes = try AES.GCM.open(
                AES.GCM.SealedBox(combined: combined), using: key.key,
                authenticating: Self.authenticated(binding))
            return String(decoding: bytes, as: UTF8.self)
        } catch { throw SecretSealingError("is damaged, or was stored for something else") }
    }

    /// Tells keys apart and says nothing of them.
    private static func id(of key: Data) -> String {
        let hash = SHA256.hash(data: Data("portarium sealing key".utf8) + key)
        return hash.prefix(4).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }.joined()
    }

    /// Lengths before the parts: no two bindings are the same bytes.
    private static func authenticated(_ binding: [String]) -> Data {
        var data = Data()
        for part in binding {
            data.append(contentsOf: Array("\(part.utf8.count):".utf8))
            data.append(contentsOf: Array(part.utf8))
        }
        return data
    }
}
