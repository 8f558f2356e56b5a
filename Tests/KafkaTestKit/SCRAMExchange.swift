import Crypto
import Foundation

/// RFC 5802 and 7677 without channel binding: both sides prove that they know the password, and nobody says it.
struct SCRAMExchange<Hash: HashFunction>: SASLExchange {
    private struct Begun {
        var password: String
        /// What was said so far.
        var messages: String
        var nonce: String
    }

    private static var iterations: Int { 4_096 }
    private let users: [String: String]
    private let takesRepeatedNonces: Bool
    private let salt: [UInt8]
    private let nonce: String
    private var begun: Begun?

    init(
        users: [String: String], takesRepeatedNonces: Bool = false,
        salt: [UInt8] = (0..<16).map { _ in .random(in: 0...(.max)) },
        nonce: String = UUID().uuidString
    ) {
        self.users = users
        self.takesRepeatedNonces = takesRepeatedNonces
        self.salt = salt
        self.nonce = nonce
    }

    mutating func step(_ message: [UInt8]) -> SASLStep {
        let text = String(decoding: message, as: UTF8.self)
        guard let begun else { return self.begin(text) }
        return self.finish(text, begun)
    }

    private mutating func begin(_ text: String) -> SASLStep {
        guard text.hasPrefix("n,,") else { return .refused }
        let bare = text.dropFirst(3)
        let fields = Self.fields(bare)
        guard let user = fields["n"], let clientNonce = fields["r"],
            let password = self.users[
                user.replacingOccurrences(of: "=2C", with: ",").replacingOccurrences(of: "=3D", with: "=")]
        else { return .refused }
        let nonce = clientNonce + self.nonce
        let answer = "r=\(nonce),s=\(Data(self.salt).base64EncodedString()),i=\(Self.iterations)"
        self.begun = Begun(password: password, messages: "\(bare),\(answer)", nonce: nonce)
        return .challenge(Array(answer.utf8))
    }

    private func finish(_ text: String, _ begun: Begun) -> SASLStep {
        let fields = Self.fields(text[...])
        let nonce = fields["r"] ?? ""
        guard fields["c"] == "biws", nonce == begun.nonce || self.takesRepeatedNonces && nonce.hasSuffix(begun.nonce),
            let proof = fields["p"],
            let end = text.range(of: ",p=", options: .backwards)?.lowerBound
        else { return .refused }
        let messages = "\(begun.messages),\(text[..<end])"
        let salted = self.salted(begun.password)
        let clientKey = Self.code("Client Key", salted)
        let signature = Self.code(messages, Array(Hash.hash(data: clientKey)))
        let expected = zip(clientKey, signature).map { $0 ^ $1 }
        guard Data(base64Encoded: proof).map(Array.init) == expected else { return .refused }
        let own = Self.code(messages, Self.code("Server Key", salted))
        return .accepted(Array("v=\(Data(own).base64EncodedString())".utf8))
    }

    private func salted(_ password: String) -> [UInt8] {
        let key = SymmetricKey(data: Array(password.utf8))
        var block = Array(HMAC<Hash>.authenticationCode(for: self.salt + [0, 0, 0, 1], using: key))
        var result = block
        for _ in 1..<Self.iterations {
            block = Array(HMAC<Hash>.authenticationCode(for: block, using: key))
            for index in result.indices { result[index] ^= block[index] }
        }
        return result
    }

    private static func code(_ text: String, _ key: [UInt8]) -> [UInt8] {
        Array(HMAC<Hash>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
    }

    private static func fields(_ text: Substring) -> [String: String] {
        var fields: [String: String] = [:]
        for field in text.split(separator: ",") where field.dropFirst().first == "=" {
            fields[String(field.prefix(1))] = String(field.dropFirst(2))
        }
        return fields
    }
}
