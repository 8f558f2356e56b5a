import Crypto
import Foundation
import NIOCore
import Testing
import WebhookSignatures

/// What the router signs, the verifier of the same standard believes.
struct WebhookSignerTests {
    private static let symmetric = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    private static func request(_ signatures: String, id: String, timestamp: Int64, body: ByteBuffer) -> WebhookRequest
    {
        WebhookRequest(
            headers: [
                ("webhook-id", id), ("webhook-timestamp", "\(timestamp)"), ("webhook-signature", signatures),
            ], body: body)
    }

    private static func isBelieved(_ request: WebhookRequest, _ secrets: [String]) throws -> Bool {
        let provider = try #require(WebhookProvider.named("standard-webhooks"))
        let verifier = try WebhookVerifier(provider, secrets: secrets)
        do throws(WebhookRejection) {
            try verifier.verify(request, nowMilliseconds: 1_614_265_330_000)
            return true
        } catch { return false }
    }

    /// The one that the libraries of Standard Webhooks test themselves with.
    @Test func thePublishedVectorIsMade() throws {
        let signer = try WebhookSigner(Self.symmetric, scheme: .hmacSHA256)
        let signature = signer.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330,
            body: ByteBuffer(string: #"{"test": 2432232314}"#))
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
        #expect(signer.publicKey == nil)
    }

    @Test(arguments: WebhookSigner.Scheme.allCases)
    func aNewSecretSignsWhatItsOwnKeyVerifies(_ scheme: WebhookSigner.Scheme) throws {
        let secret = WebhookSigner.secret(scheme, randomBytes: (0..<32).map { UInt8($0) })
        let other = WebhookSigner.secret(scheme, randomBytes: (1..<33).map { UInt8($0) })
        let signer = try WebhookSigner(secret, scheme: scheme)
        let stranger = try WebhookSigner(other, scheme: scheme)
        let body = ByteBuffer(string: "{}")
        let own = signer.signature(id: "msg_1", timestamp: 1_614_265_330, body: body)
        let foreign = stranger.signature(id: "msg_1", timestamp: 1_614_265_330, body: body)
        let key = signer.publicKey ?? secret
        func request(_ signatures: String, _ body: ByteBuffer = body) -> WebhookRequest {
            Self.request(signatures, id: "msg_1", timestamp: 1_614_265_330, body: body)
        }
        #expect(try Self.isBelieved(request(own), [key]))
        #expect(try Self.isBelieved(request("\(foreign) \(own)"), [key]))
        #expect(try !Self.isBelieved(request(foreign), [key]))
        #expect(try !Self.isBelieved(request(own, ByteBuffer(string: "{ }")), [key]))
    }

    @Test func aRequestWithoutABodyIsSignedAsAnEmptyOne() throws {
        let signer = try WebhookSigner(Self.symmetric, scheme: .hmacSHA256)
        #expect(
            signer.signature(id: "1", timestamp: 2, body: nil)
                == signer.signature(id: "1", timestamp: 2, body: ByteBuffer()))
    }

    @Test func aPrivateKeyMayHaveItsPublicOneBehindItAndNoOther() throws {
        let key = Curve25519.Signing.PrivateKey()
        let (seed, half) = (key.rawRepresentation, key.publicKey.rawRepresentation)
        let other = Curve25519.Signing.PrivateKey().publicKey.rawRepresentation
        func signer(_ bytes: Data) -> WebhookSigner? {
            try? WebhookSigner("whsk_" + bytes.base64EncodedString(), scheme: .ed25519)
        }
        #expect(signer(seed)?.publicKey == "whpk_" + half.base64EncodedString())
        #expect(signer(seed + half)?.publicKey == "whpk_" + half.base64EncodedString())
        #expect(signer(seed + other) == nil)
    }

    @Test(arguments: [
        ("", WebhookSigner.Scheme.hmacSHA256), ("whsec_", .hmacSHA256), ("whsec_AAAA", .hmacSHA256),
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", .hmacSHA256), ("whsec_***", .hmacSHA256),
        ("whsec_" + String(repeating: "A", count: 88), .hmacSHA256), ("whsk_AAAA", .ed25519),
        ("whpk_4YzHjVn/jOlGLn4aBcjHkKnBmGKNDYDkAm0QKm2PhmA=", .ed25519), (symmetric, .ed25519),
    ])
    func whatIsNoSecretIsRefusedWithoutBeingTold(_ secret: String, _ scheme: WebhookSigner.Scheme) throws {
        let error = #expect(throws: WebhookSecretError.self) { try WebhookSigner(secret, scheme: scheme) }
        let text = try #require(error?.description)
        #expect(text.hasPrefix("a secret must be "))
        if secret.count > 8 { #expect(!text.contains(secret)) }
    }
}
