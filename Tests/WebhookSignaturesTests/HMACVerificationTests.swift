import Crypto
import Foundation
import NIOCore
import Testing
import WebhookSignatures

struct HMACVerificationTests {
    private static let body = "Hello, World!"
    private static let key = SymmetricKey(data: Data("secret".utf8))

    private static func code(_ algorithm: HMACVerification.Algorithm) -> Data {
        let body = Data(Self.body.utf8)
        return switch algorithm {
        case .sha1: Data(HMAC<Insecure.SHA1>.authenticationCode(for: body, using: Self.key))
        case .sha256: Data(HMAC<SHA256>.authenticationCode(for: body, using: Self.key))
        case .sha512: Data(HMAC<SHA512>.authenticationCode(for: body, using: Self.key))
        }
    }

    private static func isBelieved(
        _ header: (name: String, value: String), _ verification: HMACVerification?, provider: String = "hmac"
    ) throws -> Bool {
        let provider = try #require(WebhookProvider.named(provider))
        let verifier = try WebhookVerifier(provider, secrets: ["secret"], verification: verification)
        let request = WebhookRequest(headers: [header], body: ByteBuffer(string: Self.body))
        return (try? verifier.verify(request, nowMilliseconds: 0)) != nil
    }

    @Test(arguments: HMACVerification.Algorithm.allCases, HMACVerification.Encoding.allCases)
    func everyAlgorithmIsReadInEveryEncoding(
        algorithm: HMACVerification.Algorithm, encoding: HMACVerification.Encoding
    ) throws {
        let code = Self.code(algorithm)
        let text = encoding == .hex ? SignedWebhook.hex(code) : code.base64EncodedString()
        let named = HMACVerification(header: "X-Acme", encoding: encoding, algorithm: algorithm)
        #expect(try Self.isBelieved(("x-acme", text), named))
        #expect(try Self.isBelieved(("x-acme", "\(algorithm.rawValue)=\(text)"), named))
        #expect(try !Self.isBelieved(("X-Webhook-Signature", text), named))
        let prefixed = HMACVerification(header: "X-Acme", prefix: "v1=", encoding: encoding, algorithm: algorithm)
        #expect(try Self.isBelieved(("X-Acme", "v0=00,v1=\(text)"), prefixed))
        #expect(try !Self.isBelieved(("X-Acme", text), prefixed))
        for other in HMACVerification.Algorithm.allCases where other != algorithm {
            let wrong = HMACVerification(header: "X-Acme", encoding: encoding, algorithm: other)
            #expect(try !Self.isBelieved(("X-Acme", text), wrong))
        }
    }

    @Test func whereNothingIsSaidItIsTheProvidersWay() throws {
        let text = SignedWebhook.hex(Self.code(.sha256))
        for verification in [nil, HMACVerification()] {
            #expect(try Self.isBelieved(("X-Webhook-Signature", text), verification))
            #expect(try Self.isBelieved(("X-Webhook-Signature", "sha256=\(text)"), verification))
        }
    }

    @Test func providersWithAWayOfTheirOwnKeepIt() throws {
        let text = "sha256=" + SignedWebhook.hex(Self.code(.sha256))
        let other = HMACVerification(header: "X-Acme")
        #expect(try Self.isBelieved(("X-Hub-Signature-256", text), other, provider: "github"))
        #expect(try !Self.isBelieved(("X-Acme", text), other, provider: "github"))
    }

    @Test func namesAndPrefixesAreWhatHeadersMayHave() {
        for good in ["X-Acme-Signature", "a", "x_1~"] { #expect(HMACVerification.isHeader(good)) }
        for bad in ["", "a b", "a:", "é", "a\n", String(repeating: "a", count: 129), "{x}"] {
            #expect(!HMACVerification.isHeader(bad))
        }
        for good in ["", "sha256=", "HMAC-SHA256 ", "v1:"] { #expect(HMACVerification.isPrefix(good)) }
        for bad in [" a", "a,b", "é", "\t", String(repeating: "a", count: 65)] {
            #expect(!HMACVerification.isPrefix(bad))
        }
    }
}
