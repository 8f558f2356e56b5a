import JWTKit

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The public keys of an issuer, as its JWK set has them (RFC 7517).
struct SigningKeys: Sendable {
    /// Which key, used in which way.
    struct Use: Hashable, Sendable {
        /// nil where the set does not name the key.
        var keyID: String?
        var algorithm: String
    }

    private var verifiers: [Use: JWTKeyCollection] = [:]
    /// How many keys can be used.
    private(set) var count = 0
    /// The set as it came, to see whether another one differs.
    let source: Data

    /// Reads a set. A key that cannot be used here, for its kind, its use or its form, is left out.
    /// - Throws: `DecodingError` where the bytes are no JWK set.
    init(_ bytes: Data, algorithms: [String], keysMax: Int) async throws {
        self.source = bytes
        for member in try JSONDecoder().decode(Members.self, from: bytes).keys.prefix(keysMax) {
            guard var key = member.key, member.use == nil || member.use == "sig" else { continue }
            // Only what is public is needed.
            (key.privateExponent, key.prime1, key.prime2) = (nil, nil, nil)
            let keyID = key.keyIdentifier?.string
            if keyID == nil { key.keyIdentifier = JWKIdentifier(string: "unnamed") }
            var isUsed = false
            for algorithm in algorithms where Self.fits(algorithm, key) {
                key.algorithm = JWK.Algorithm(rawValue: algorithm)
                guard let verifier = try? await JWTKeyCollection().add(jwk: key) else { continue }
                self.verifiers[Use(keyID: keyID, algorithm: algorithm)] = verifier
                isUsed = true
            }
            if isUsed { self.count += 1 }
        }
    }

    /// What verifies a token with this header; a token that names no key can only be of a set with one.
    func verifier(keyID: String?, algorithm: String) -> JWTKeyCollection? {
        if let keyID { return self.verifiers[Use(keyID: keyID, algorithm: algorithm)] }
        guard self.count == 1 else { return nil }
        return self.verifiers.first { $0.key.algorithm == algorithm }?.value
    }

    /// Whether a key can be used with an algorithm: by its kind and curve, and by what it says itself.
    private static func fits(_ algorithm: String, _ key: JWK) -> Bool {
        if let own = key.algorithm, own.rawValue != algorithm { return false }
        switch algorithm {
        case "ES256": return key.keyType == .ecdsa && key.curve?.rawValue == "P-256"
        case "ES384": return key.keyType == .ecdsa && key.curve?.rawValue == "P-384"
        case "ES512": return key.keyType == .ecdsa && key.curve?.rawValue == "P-521"
        case "EdDSA": return key.keyType == .octetKeyPair
        default: return key.keyType == .rsa
        }
    }

    private struct Members: Decodable {
        let keys: [Member]
    }

    /// One key; nil inside where it is of a kind that the library does not know.
    private struct Member: Decodable {
        let key: JWK?
        let use: String?

        private enum CodingKeys: CodingKey { case use }

        init(from decoder: any Decoder) throws {
            self.key = try? JWK(from: decoder)
            self.use = try? decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(String.self, forKey: .use)
        }
    }
}
