import NIOCore
import Testing
import WebhookSignatures

/// What Standard Webhooks accepts of its own, the router signs to the byte.
@Suite(
    .enabled(
        if: ConformanceSuite.webhookSignatures.isPresent, "the webhook signatures do not lie beside the repository"))
struct WebhookSigningConformanceTests {
    private static let signable = WebhookVector.all.filter { vector in
        vector.provider == "standard-webhooks" && vector.expectation == .accept && vector.secret.hasPrefix("whsec_")
            && vector.request.headers.contains { $0.name.lowercased() == "webhook-id" }
    }

    @Test(arguments: signable)
    func aVectorIsSignedAsItSays(_ vector: WebhookVector) throws {
        func header(_ name: String) throws -> String {
            try #require(vector.request.headers.first { $0.name.lowercased() == name }?.value)
        }
        let signer = try WebhookSigner(vector.secret, scheme: .hmacSHA256)
        let signature = signer.signature(
            id: try header("webhook-id"), timestamp: try #require(Int64(try header("webhook-timestamp"))),
            body: vector.request.body)
        #expect(try header("webhook-signature").split(separator: " ").contains(Substring(signature)))
    }

    @Test func thereAreSome() { #expect(Self.signable.count >= 3) }
}
