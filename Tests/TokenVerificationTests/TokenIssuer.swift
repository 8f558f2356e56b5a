import CryptoExtras
import Foundation
import Hummingbird
import HummingbirdTesting
import Identity
import JWTKit
import Logging
import NIOCore
import Synchronization

@testable import TokenVerification

/// An issuer of tokens with a real server for its keys.
final class TokenIssuer: Sendable {
    /// Any claims.
    struct Claims: JWTPayload {
        var values: [String: ClaimValue]

        init(_ values: [String: ClaimValue]) { self.values = values }
        init(from decoder: any Decoder) throws { self.values = try .init(from: decoder) }
        func encode(to encoder: any Encoder) throws { try self.values.encode(to: encoder) }
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    private struct State {
        var keys: [String] = []
        var fetches = 0
        var isDown = false
        var metadataIssuer: String?
    }

    static let now: Int64 = 1_767_225_600_000
    static let audience = "portarium"
    private let state = Mutex(State())
    let signers = JWTKeyCollection()
    /// What `iss` is; the server's own address where it is discovered.
    let name = Mutex("https://issuer.example")

    var fetches: Int { self.state.withLock { $0.fetches } }

    /// Shows these keys from now on.
    func show(_ keys: [String]) { self.state.withLock { $0.keys = keys } }
    func setDown(_ isDown: Bool) { self.state.withLock { $0.isDown = isDown } }
    func claim(issuer: String) { self.state.withLock { $0.metadataIssuer = issuer } }

    /// Makes a key for ES256, and gives it as the set shows it.
    func makeES256(_ keyID: String, named shown: String? = nil) async throws -> (jwk: String, pem: String) {
        let key = ES256PrivateKey()
        await self.signers.add(ecdsa: key, kid: JWKIdentifier(string: keyID))
        let parameters = key.parameters
        let (x, y) = (Self.url(parameters?.x ?? ""), Self.url(parameters?.y ?? ""))
        return (
            #"{"kty":"EC","crv":"P-256","kid":"\#(shown ?? keyID)","use":"sig","x":"\#(x)","y":"\#(y)"}"#,
            key.publicKey.pemRepresentation
        )
    }

    func makeRS256(_ keyID: String) async throws -> String {
        let key = try Insecure.RSA.PrivateKey(backing: try _RSA.Signing.PrivateKey(keySize: .bits2048))
        await self.signers.add(rsa: key, digestAlgorithm: .sha256, kid: JWKIdentifier(string: keyID))
        let parts = try key.publicKey.getKeyPrimitives()
        let (n, e) = (
            Self.url(parts.modulus.base64EncodedString()), Self.url(parts.publicExponent.base64EncodedString())
        )
        return #"{"kty":"RSA","alg":"RS256","kid":"\#(keyID)","n":"\#(n)","e":"\#(e)"}"#
    }

    func makeEdDSA(_ keyID: String) async throws -> String {
        let key = try EdDSA.PrivateKey()
        await self.signers.add(eddsa: key, kid: JWKIdentifier(string: keyID))
        let x = Self.url(key.publicKey.rawRepresentation.base64EncodedString())
        return #"{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","kid":"\#(keyID)","x":"\#(x)"}"#
    }

    static func url(_ base64: String) -> String {
        String(base64.compactMap { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 == "=" ? nil : $0 })
    }

    /// Claims that are good, with changes; `.null` takes one out.
    func claims(_ changes: [String: ClaimValue] = [:]) -> [String: ClaimValue] {
        var claims: [String: ClaimValue] = [
            "iss": .text(self.name.withLock { $0 }), "aud": .text(Self.audience), "sub": .text("ada"),
            "exp": .number(Double(Self.now / 1_000 + 600)), "workspaceId": .text("acme"),
            "roles": .list([.text("operator")]),
        ]
        for (name, value) in changes { claims[name] = value == .null ? nil : value }
        return claims
    }

    func token(_ keyID: String, _ changes: [String: ClaimValue] = [:]) async throws -> String {
        try await self.signers.sign(Claims(self.claims(changes)), kid: JWKIdentifier(string: keyID))
    }

    /// Runs `body` with a verifier of this issuer.
    func with(
        isDiscovered: Bool = false, now: @escaping @Sendable () -> Int64 = { TokenIssuer.now },
        _ change: @escaping @Sendable (inout TokenVerifierConfiguration) -> Void = { _ in },
        _ body: @escaping @Sendable (TokenVerifier) async throws -> Void
    ) async throws {
        let router = Router()
        router.get("jwks") { _, _ -> Response in
            try self.answer { #"{"keys":[\#($0.keys.joined(separator: ","))]}"# }
        }
        router.get(".well-known/openid-configuration") { request, _ -> Response in
            let base = "http://\(request.head.authority ?? "")"
            return try self.answer { #"{"issuer":"\#($0.metadataIssuer ?? base)","jwks_uri":"\#(base)/jwks"}"# }
        }
        try await Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)))
            .test(.live) { client in
                let base = "http://localhost:\(client.port ?? 0)"
                if isDiscovered { self.name.withLock { $0 = base } }
                var policy = TokenPolicy(issuer: self.name.withLock { $0 }, audience: Self.audience)
                policy.clockSkewSeconds = 60
                var configuration = TokenVerifierConfiguration(policy: policy)
                if !isDiscovered { configuration.keySetURL = base + "/jwks" }
                change(&configuration)
                let verifier = TokenVerifier(
                    configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
                    now: now)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await verifier.run() }
                    try await body(verifier)
                    group.cancelAll()
                }
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

extension TokenVerdict {
    var principal: Principal? { if case .valid(let principal) = self { principal } else { nil } }

    /// Why it is not valid.
    var reason: String? { if case .invalid(let reason) = self { reason } else { nil } }
}
