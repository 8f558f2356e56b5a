import Crypto
import FuzzKit
import NIOCore
import Testing
import WebhookSignatures

/// Who is believed, and who is not.
struct WebhookVerifierTests {
    @Test(arguments: SignedWebhook.all)
    func whatIsSignedIsBelieved(_ webhook: SignedWebhook) throws {
        #expect(try webhook.rejection() == nil)
    }

    @Test func everyProviderIsTried() {
        let tried = Set(SignedWebhook.all.compactMap { WebhookProvider.named($0.provider)?.name })
        #expect(tried == Set(WebhookProvider.all.map(\.name)))
    }

    @Test(arguments: SignedWebhook.all)
    func anotherSecretIsNotBelievedAndOneOfSeveralIs(_ webhook: SignedWebhook) throws {
        let other = webhook.otherSecret
        #expect(try webhook.rejection(secrets: [other]) == .mismatch)
        #expect(try webhook.rejection(secrets: [other, webhook.secret]) == nil)
        #expect(try webhook.rejection(secrets: [webhook.secret, other]) == nil)
    }

    /// A token says who sends and nothing of what is sent.
    @Test(arguments: SignedWebhook.all)
    func aChangedBodyIsNotBelieved(_ webhook: SignedWebhook) throws {
        guard !webhook.isToken else { return }
        for place in 0..<webhook.body.utf8.count {
            let rejection = try webhook.rejection { request in
                var bytes = Array(request.body.readableBytesView)
                bytes[place] ^= 1
                request.body = ByteBuffer(bytes: bytes)
            }
            #expect(rejection == .mismatch || rejection == .otherBody, "byte \(place)")
        }
        #expect(try webhook.rejection { $0.body.writeString("\n") } != nil)
    }

    @Test(arguments: SignedWebhook.all)
    func aHeaderThatIsMissingOrThereTwiceIsNamed(_ webhook: SignedWebhook) throws {
        for (index, header) in webhook.headers.enumerated() {
            let missing = try #require(try webhook.rejection { $0.headers.remove(at: index) })
            guard case .missingHeader = missing else {
                Issue.record("\(missing)")
                continue
            }
            let twice = try #require(try webhook.rejection { $0.headers.append(header) })
            guard case .repeatedHeader(let name) = twice else {
                Issue.record("\(twice)")
                continue
            }
            #expect(name.lowercased() == header.name.lowercased())
        }
    }

    @Test(arguments: SignedWebhook.all)
    func aReasonTellsNothingSecret(_ webhook: SignedWebhook) throws {
        let other = webhook.otherSecret
        let reason = try #require(try webhook.rejection(secrets: [other])).description
        for header in webhook.headers { #expect(!reason.contains(header.value)) }
        #expect(!reason.contains(other))
    }

    @Test(arguments: ["standard-webhooks", "stripe", "slack", "linear"])
    func whatIsTooOldOrFromTheFutureIsNotBelieved(_ provider: String) throws {
        let webhook = try #require(SignedWebhook.all.first { $0.provider == provider })
        let tolerance: Int64 = provider == "linear" ? 60 : 300
        for sign in [Int64(-1), 1] {
            #expect(try webhook.rejection(after: sign * tolerance) == nil)
            #expect(
                try webhook.rejection(after: sign * (tolerance + 1))
                    == .timestampOutOfRange(bySeconds: -sign * (tolerance + 1), tolerance: tolerance))
        }
    }

    @Test(arguments: ["", "-1", "+1700000000", "1700000000.5", "0x10", "17000000000000000000", "1 700 000 000"])
    func aTimestampIsDigitsAndNothingElse(_ text: String) throws {
        let webhook = SignedWebhook.standard()
        let rejection = try webhook.rejection { $0.headers[1].value = text }
        guard case .malformed("webhook-timestamp", _) = rejection else {
            Issue.record("\(String(describing: rejection))")
            return
        }
    }

    @Test(arguments: ["{}", "[]", "no JSON", #"{"webhookTimestamp":"1700000000000"}"#, #"{"webhookTimestamp":1.5}"#])
    func aBodyThatDoesNotSayWhenItWasSentIsNotBelieved(_ body: String) throws {
        var webhook = try #require(SignedWebhook.all.first { $0.provider == "linear" })
        webhook.body = body
        webhook.headers[0].value = SignedWebhook.hex(SignedWebhook.sha256(body))
        #expect(try webhook.rejection() == .bodyWithoutTimestamp(member: "webhookTimestamp"))
    }

    @Test func aPublicKeyVerifiesItsPrivateOneAlone() throws {
        let (key, other) = (Curve25519.Signing.PrivateKey(), Curve25519.Signing.PrivateKey())
        let webhook = try SignedWebhook.asymmetric(key)
        #expect(try webhook.rejection() == nil)
        #expect(try webhook.rejection(secrets: [try SignedWebhook.asymmetric(other).secret]) == .mismatch)
        #expect(try webhook.rejection { $0.body.writeString(" ") } == .mismatch)
        // The signature of the other kind is not looked at.
        #expect(try SignedWebhook.standard().rejection(secrets: [webhook.secret]) != nil)
    }

    /// Who has a signing token does not want to be called with a plain one.
    @Test func aTokenDoesNotPassWhereASignatureIsExpected() throws {
        let webhook = SignedWebhook.standard(provider: "gitlab")
        let rejection = try webhook.rejection {
            $0.headers = [(name: "X-Gitlab-Token", value: webhook.secret)]
        }
        #expect(rejection == .missingHeader("webhook-signature"))
    }

    @Test func headersOfTwoFamiliesAreNotMixed() throws {
        let rejection = try SignedWebhook.standard("svix").rejection { $0.headers[1].name = "webhook-timestamp" }
        #expect(rejection == .missingHeader("svix-timestamp"))
    }

    @Test func anIdentifierWithAFullStopIsNotBelieved() throws {
        var webhook = SignedWebhook.standard()
        webhook.headers[0].value = "msg.1"
        guard case .malformed("webhook-id", _) = try webhook.rejection() else {
            Issue.record("believed")
            return
        }
    }

    @Test func oneOfManySignaturesIsEnoughAndThereIsABound() throws {
        let webhook = SignedWebhook.standard()
        let filler = (0..<31).map { _ in "v1,AAAA" }.joined(separator: " ")
        #expect(try webhook.rejection { $0.headers[2].value = "\(filler) \($0.headers[2].value)" } == nil)
        #expect(try webhook.rejection { $0.headers[2].value = "\(filler) v2,x \($0.headers[2].value)" } != nil)
    }

    @Test(arguments: [
        ("https://example.com/in", "https://example.com:443/in"),
        ("https://example.com:443/in", "https://example.com/in"),
        ("https://example.com:8443/in?q=a:b", "https://example.com/in?q=a:b"),
        ("http://[::1]/in", "http://[::1]:80/in"), ("http://[::1]:80", "http://[::1]"),
    ])
    func aPortThatCameOrWentOnTheWayChangesNothing(_ given: String, _ signed: String) throws {
        var webhook = SignedWebhook.twilio(url: signed)
        webhook.url = given
        #expect(try webhook.rejection() == nil)
        webhook.url = given + "/y"
        #expect(try webhook.rejection() == .mismatch)
        webhook.url = nil
        #expect(try webhook.rejection() == .missingURL)
    }

    @Test(arguments: [
        ("github", ""), ("standard-webhooks", "whsec_"), ("standard-webhooks", "not base64"),
        ("standard-webhooks", "whsk_AAAA"), ("standard-webhooks", "whpk_AAAA"), ("gitlab", "whsec_***"),
    ])
    func aSecretThatCannotBeUsedIsRefusedWithoutBeingShown(_ provider: String, _ secret: String) throws {
        let error = try #require(throws: WebhookSecretError.self) {
            try WebhookVerifier(WebhookProvider.named(provider)!, secrets: [secret])
        }
        if secret.count > 6 { #expect(!error.description.contains(secret)) }
    }

    /// Headers, bodies and URLs that were changed anywhere: nothing crashes, and what is believed is what was signed.
    @Test(arguments: SignedWebhook.all)
    func whateverComesIsJudged(_ webhook: SignedWebhook) throws {
        let tokens = ["v1,", "v1=", "t=", ",", " ", "%", "&", "://", "[", "]", ":", "?bodySHA256="].map {
            Array($0.utf8)
        }
        for index in 0..<UInt64(SeededRandom.iterations(default: 300)) {
            var random = SeededRandom(seed: SeededRandom.runSeed &+ index)
            let place = Int(index) % webhook.headers.count
            let header = random.mutated(Array(webhook.headers[place].value.utf8), tokens: tokens)
            let body = random.mutated(Array(webhook.body.utf8), tokens: tokens)
            let url = webhook.url.map { random.mutated(Array($0.utf8), tokens: tokens) }
            _ = try webhook.rejection { $0.headers[place].value = String(decoding: header, as: UTF8.self) }
            let changed = try webhook.rejection { $0.body = ByteBuffer(bytes: body) }
            #expect(changed != nil || webhook.isToken || webhook.url != nil || body == Array(webhook.body.utf8))
            if let url { _ = try webhook.rejection { $0.url = String(decoding: url, as: UTF8.self) } }
        }
    }

    @Test func withoutSecretsNobodyIsBelieved() {
        #expect(throws: WebhookSecretError.self) { try WebhookVerifier(WebhookProvider.all[0], secrets: []) }
    }
}
