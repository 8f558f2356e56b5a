import CryptoExtras
import Foundation
import Hummingbird
import HummingbirdTesting
import Identity
import JWTKit
import NIOCore
import Synchronization

/// An issuer of tokens with a real server for its keys.
package final class TokenIssuer: Sendable {
    /// Any claims.
    package struct Claims: JWTPayload {
        package var values: [String: ClaimValue]

        package init(_ values: [String: ClaimValue]) { self.values = values }
        package init(from decoder: any Decoder) throws { self.values = try .init(from: decoder) }
        package func encode(to encoder: any Encoder) throws { try self.values.encode(to: encoder) }
        package func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    private struct State {
        var keys: [String] = []
        var fetches = 0
        var isDown = false
        var metadataIssuer: String?
    }

    package static let now: Int64 = 1_767_225_600_000
    package static let audience = "portarium"
    private let state = Mutex(State())
    package let signers = JWTKeyCollection()
    /// What `iss` is; the server's own address where it is discovered.
    package let name = Mutex("https://issuer.example")

    package var fetches: Int { self.state.withLock { $0.fetches } }

    package init() {}

    /// Shows these keys from now on.
    package func show(_ keys: [String]) { self.state.withLock { $0.keys = keys } }
    package func setDown(_ isDown: Bool) { self.state.withLock { $0.isDown = isDown } }
    package func claim(issuer: String) { self.state.withLock { $0.metadataIssuer = issuer } }

    /// Makes a key for ES256, and gives it as the set shows it.
    package func makeES256(_ keyID: String, named shown: String? = nil) async throws -> (jwk: String, pem: String) {
        let key = ES256PrivateKey()
        await self.signers.add(ecdsa: key, kid: JWKIdentifier(string: keyID))
        let parameters = key.parameters
        let (x, y) = (Self.url(parameters?.x ?? ""), Self.url(parameters?.y ?? ""))
        return (
            #"{"kty":"EC","crv":"P-256","kid":"\#(shown ?? keyID)","use":"sig","x":"\#(x)","y":"\#(y)"}"#,
            key.publicKey.pemRepresentation
        )
    }

    package func makeRS256(_ keyID: String) async throws -> String {
        let key = try Insecure.RSA.PrivateKey(backing: try _RSA.Signing.PrivateKey(keySize: .bits2048))
        await self.signers.add(rsa: key, digestAlgorithm: .sha256, kid: JWKIdentifier(string: keyID))
        let parts = try key.publicKey.getKeyPrimitives()
        let (n, e) = (
            Self.url(parts.modulus.base64EncodedString()), Self.url(parts.publicExponent.base64EncodedString())
        )
        return #"{"kty":"RSA","alg":"RS256","kid":"\#(keyID)","n":"\#(n)","e":"\#(e)"}"#
    }

    package func makeEdDSA(_ keyID: String) async throws -> String {
        let key = try EdDSA.PrivateKey()
        await self.signers.add(eddsa: key, kid: JWKIdentifier(string: keyID))
        let x = Self.url(key.publicKey.rawRepresentation.base64EncodedString())
        return #"{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"\#(keyID)","x":"\#(x)"}"#
    }

    package static func url(_ base64: String) -> String {
        String(base64.compactMap { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 == "=" ? nil : $0 })
    }

    /// Claims that are good, with changes; `.null` takes one out.
    package func claims(_ changes: [String: ClaimValue] = [:]) -> [String: ClaimValue] {
        var claims: [String: ClaimValue] = [
            "iss": .text(self.name.withLock { $0 }), "aud": .text(Self.audience), "sub": .text("ada"),
            "exp": .number(Double(Self.now / 1_000 + 600)), "workspaceId": .text("acme"),
            "roles": .list([.text("operator")]),
        ]
        for (name, value) in changes { claims[name] = value == .null ? nil : value }
        return claims
    }

    package func token(_ keyID: String, _ changes: [String: ClaimValue] = [:]) async throws -> String {
        try await self.signers.sign(Claims(self.claims(changes)), kid: JWKIdentifier(string: keyID))
    }

    /// Runs `body` with a server for the issuer's keys, at `/jwks`, and its metadata.
    package func serve<R: Sendable>(
        _ body: @escaping @Sendable (_ base: String) async throws -> R
    ) async throws -> R {
        let router = Router()
        router.get("jwks") { _, _ -> Response in
            try self.answer { #"{"keys":[\#($0.keys.joined(separator: ","))]}"# }
        }
        router.get(".well-known/openid-configuration") { request, _ -> Response in
            let base = "http://\(request.head.authority ?? "")"
            return try self.answer { #"{"issuer":"\#($0.metadataIssuer ?? base)","jwks_uri":"\#(base)/jwks"}"# }
        }
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)))
        return try await application.test(.live) { client in
            try await body("http://localhost:\(client.port ?? 0)")
        }
    }

    private func answer(_ text: (State) -> String) throws -> Response {
        let (body, isDown) = self.state.withLock { state in
            state.fetches += 1
            return (text(state), state.isDown)
        }
        if isDown { throw HTTPError(.serviceUnavailable) }
        return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
    }
}
