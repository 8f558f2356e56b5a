import Foundation
import Identity
import JWTKit
import Synchronization
import Testing
import TokenIssuerKit

@testable import TokenVerification

/// Tokens of a real issuer, whose keys come from a real server.
@Suite(.timeLimit(.minutes(1))) struct TokenVerifierTests {
    @Test func aGoodTokenSpeaksOfItsSubject() async throws {
        let issuer = TokenIssuer()
        issuer.show([try await issuer.makeES256("one").jwk])
        let token = try await issuer.token("one")
        try await issuer.with { verifier in
            #expect(verifier.known(token) == nil)
            let principal = await verifier.verify(token).principal
            #expect(principal?.id == "ada")
            #expect(principal?.reach == .one("acme"))
            #expect(principal?.scopes == Role.operator.scopes)
            #expect(principal?.kind == .token)
            #expect(principal?.expiresAtMilliseconds == TokenIssuer.now + 660_000)
            #expect(verifier.known(token)?.principal == principal)
        }
    }

    @Test func everyAllowedAlgorithmIsTaken() async throws {
        let issuer = TokenIssuer()
        issuer.show([
            try await issuer.makeES256("ec").jwk, try await issuer.makeRS256("rsa"), try await issuer.makeEdDSA("ed"),
            #"{"kty":"oct","kid":"shared","k":"AAAA"}"#, #"{"kty":"RSA","use":"enc","alg":"RSA-OAEP-512","kid":"e"}"#,
        ])
        let tokens = [try await issuer.token("ec"), try await issuer.token("rsa"), try await issuer.token("ed")]
        try await issuer.with { verifier in
            for token in tokens {
                let verdict = await verifier.verify(token)
                #expect(verdict.principal?.id == "ada", "\(verdict)")
            }
        }
        try await issuer.with({ $0.algorithms = ["ES256"] }) { verifier in
            #expect(await verifier.verify(tokens[0]).principal != nil)
            #expect(await verifier.verify(tokens[1]).reason?.contains("none of the algorithms") == true)
        }
    }

    @Test func keysThatNobodySignedWithAreNoUse() async throws {
        let issuer = TokenIssuer()
        issuer.show([try await issuer.makeES256("one").jwk])
        let stranger = TokenIssuer()
        _ = try await stranger.makeES256("one")
        let token = try await issuer.token("one")
        let forged = try await stranger.token("one")
        var parts = token.split(separator: ".").map(String.init)
        let payload = Data(#"{"iss":"https://issuer.example","aud":"portarium","sub":"eve","exp":99999999999}"#.utf8)
        parts[1] = TokenIssuer.url(payload.base64EncodedString())
        let changed = parts.joined(separator: ".")
        try await issuer.with { verifier in
            for bad in [forged, changed, String(token.dropLast(4)), token + "AAAA"] {
                #expect(await verifier.verify(bad).reason?.contains("signature") == true)
            }
            for bad in ["a.b.c", "..", "", "e30.e30.", token.replacingOccurrences(of: ".", with: "")] {
                #expect(await verifier.verify(bad).reason != nil, "\(bad)")
            }
        }
    }

    @Test func noneAndThePublicKeyAsASharedSecretAreRefused() async throws {
        let issuer = TokenIssuer()
        let key = try await issuer.makeES256("one")
        issuer.show([key.jwk])
        let claims = TokenIssuer.url(try JSONEncoder().encode(issuer.claims()).base64EncodedString())
        let none = TokenIssuer.url(Data(#"{"alg":"none","kid":"one"}"#.utf8).base64EncodedString())
        let confused = JWTKeyCollection()
        await confused.add(
            hmac: HMACKey(from: Data(key.pem.utf8)), digestAlgorithm: .sha256, kid: JWKIdentifier(string: "one"))
        let symmetric = try await confused.sign(
            TokenIssuer.Claims(issuer.claims()), kid: JWKIdentifier(string: "one"))
        try await issuer.with { verifier in
            for token in ["\(none).\(claims).", "\(none).\(claims).AAAA", symmetric] {
                #expect(await verifier.verify(token).reason?.contains("none of the algorithms") == true)
            }
        }
        #expect(!TokenVerifierConfiguration.algorithmsKnown.contains { $0.hasPrefix("HS") || $0 == "none" })
    }

    @Test func aRotatedKeyIsFoundAndTheOldOneIsForgotten() async throws {
        let issuer = TokenIssuer()
        issuer.show([try await issuer.makeES256("old").jwk])
        let (old, new) = (try await issuer.token("old"), try await issuer.makeES256("new").jwk)
        let fresh = try await issuer.token("new")
        try await issuer.with({ $0.unknownKeyInterval = .zero }) { verifier in
            #expect(await verifier.verify(old).principal != nil)
            issuer.show([new])
            #expect(await verifier.verify(fresh).principal != nil)
            // It was remembered, by a set of keys that does not hold any more.
            #expect(verifier.known(old) == nil)
            #expect(await verifier.verify(old).principal == nil)
        }
    }

    @Test func unknownKeysDoNotMakeTheRouterAskAgainAndAgain() async throws {
        let issuer = TokenIssuer()
        issuer.show([try await issuer.makeES256("one").jwk])
        _ = try await issuer.makeES256("hidden")
        let (known, hidden) = (try await issuer.token("one"), try await issuer.token("hidden"))
        try await issuer.with { verifier in
            #expect(await verifier.verify(known).principal != nil)
            let before = issuer.fetches
            for _ in 0..<50 { #expect(await verifier.verify(hidden).principal == nil) }
            #expect(issuer.fetches == before)
        }
    }

    @Test func keysThatAreThereGoOnWhileTheIssuerIsDown() async throws {
        let issuer = TokenIssuer()
        issuer.show([try await issuer.makeES256("one").jwk])
        let (first, second) = (try await issuer.token("one"), try await issuer.token("one", ["sub": .text("bob")]))
        try await issuer.with({ $0.refreshInterval = .milliseconds(20) }) { verifier in
            #expect(await verifier.verify(first).principal != nil)
            issuer.setDown(true)
            let fetches = issuer.fetches
            while issuer.fetches < fetches + 3 { try await Task.sleep(for: .milliseconds(5)) }
            #expect(await verifier.verify(second).principal?.id == "bob")
        }
    }

    @Test func withoutKeysNoTokenIsValid() async throws {
        let issuer = TokenIssuer()
        issuer.show([try await issuer.makeES256("one").jwk])
        issuer.setDown(true)
        let token = try await issuer.token("one")
        try await issuer.with({ $0.unknownKeyInterval = .zero }) { verifier in
            #expect(await verifier.verify(token).reason?.contains("cannot be asked") == true)
            issuer.setDown(false)
            #expect(await verifier.verify(token).principal != nil)
        }
    }

    @Test func anIssuersMetadataSayWhereItsKeysAre() async throws {
        let issuer = TokenIssuer()
        issuer.show([try await issuer.makeES256("one").jwk])
        try await issuer.with(isDiscovered: true) { verifier in
            let token = try await issuer.token("one")
            #expect(await verifier.verify(token).principal != nil)
        }
        issuer.claim(issuer: "https://someone.else")
        try await issuer.with(isDiscovered: true) { verifier in
            let token = try await issuer.token("one")
            #expect(await verifier.verify(token).principal == nil)
        }
    }

    @Test func anAnswerWithoutEndIsNotRead() async throws {
        let issuer = TokenIssuer()
        issuer.show([try await issuer.makeES256("one").jwk])
        let token = try await issuer.token("one")
        try await issuer.with({ $0.answerBytesMax = 50 }) { verifier in
            #expect(await verifier.verify(token).principal == nil)
        }
    }

    @Test func aTokenIsRememberedNoLongerThanItIsValid() async throws {
        let issuer = TokenIssuer()
        issuer.show([try await issuer.makeES256("one").jwk])
        let token = try await issuer.token("one", ["exp": .number(Double(TokenIssuer.now / 1_000 + 10))])
        let clock = Mutex(TokenIssuer.now)
        try await issuer.with(now: { clock.withLock { $0 } }) { verifier in
            #expect(await verifier.verify(token).principal != nil)
            clock.withLock { $0 += 69_999 }
            #expect(verifier.known(token)?.principal != nil)
            clock.withLock { $0 += 1 }
            #expect(verifier.known(token) == nil)
            #expect(await verifier.verify(token).reason == "the token has expired")
        }
    }

    @Test func whatIsRememberedIsBounded() {
        var tokens = VerifiedTokens(countMax: 10)
        for index in 0..<100 {
            tokens.remember(.invalid(reason: ""), on: KeyDigest(of: "\(index)"), until: 1_000, at: 0)
            #expect(tokens.count <= 10)
        }
    }

    @Test(
        arguments: [
            ("https://a.example/keys", true), ("http://127.0.0.1:80/k", true), ("http://localhost/k", true),
            ("http://[::1]:9/k", true), ("http://a.example/k", false), ("http://127.0.0.1.evil.example/", false),
            ("http://localhost@evil.example/", false), ("ftp://a/", false), ("https://", false), ("", false),
            ("https:///x", false), ("http://[::1].evil.example/", false),
        ])
    func keysComeOverTLSOrFromThisMachine(url: String, isTaken: Bool) {
        #expect(TokenVerifierConfiguration.isTrustworthy(url: url) == isTaken)
    }
}
