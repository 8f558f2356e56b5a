import EventLog
import FoundationEssentials
import Subscriptions
import Testing
import WebhookSignatures

@Suite struct StoredSubscriptionTests {
    private static func stored() -> StoredSubscription {
        var subscription = Subscription(
            id: SubscriptionID(tenant: "acme", name: "a"), source: "/s", types: ["t"],
            filters: [.exact(["a": "b"]), .sql("EXISTS x")], sink: "https://example.com/")
        subscription.config.start = .time(milliseconds: 1_795_429_230_123)
        subscription.config.rateLimitPerSecond = 2.5
        return StoredSubscription(
            subscription: subscription, status: .suspended, statusReason: "410 Gone", generation: "g1", revision: 7,
            createdAt: Timestamp(milliseconds: 1), updatedAt: Timestamp(milliseconds: 1_795_429_230_123),
            startOffsets: [
                TopicPartition(Topic("b"), Partition(1)): Offset(5), TopicPartition(Topic("a"), Partition(0)): .zero,
                TopicPartition(Topic("b"), Partition(0)): Offset(Int64.max),
            ])
    }

    private static func decoded(_ json: String) throws -> StoredSubscription {
        try JSONDecoder().decode(StoredSubscription.self, from: Data(json.utf8))
    }

    @Test func whatIsStoredIsReadAgain() throws {
        let stored = Self.stored()
        let json = try stored.json()
        #expect(try Self.decoded(json) == stored)
        #expect(try Self.decoded(json).json() == json)
        #expect(
            json.contains(
                #""startOffsets":[{"offset":0,"partition":0,"topic":"a"},{"offset":9223372036854775807,"partition":0,"#)
        )
        #expect(json.hasSuffix(#""updatedAtMs":1795429230123,"v":1}"#))
    }

    @Test func aTransformIsStoredAsItsText() throws {
        var stored = Self.stored()
        stored.subscription.config.transform = #"[ {"data": {"b": 1.50, "a": 12345678901234567890}} ]"#
        let again = try Self.decoded(try stored.json())
        #expect(again == stored)
        // One that was stored as JSON is none that anything is sent with, before it was taken out of the record.
        let text = try stored.json()
            .replacing(#""[ {\"data\": {\"b\": 1.50, \"a\": 12345678901234567890}} ]""#, with: #"[{"data":1}]"#)
        #expect(try Self.decoded(text).subscription.config.transform == "")
    }

    @Test func secretsAndAgreementsAreReadAgain() throws {
        var stored = Self.stored()
        stored.subscription.config.signing = .ed25519
        stored.subscription.protocolSettings.authorization = .stored
        stored.subscription.protocolSettings.handshake = true
        stored.secrets.authorization = "v1.a.b"
        stored.secrets.signing = [
            .init(sealed: "v1.c.d", publicKey: "whpk_x", createdAt: Timestamp(milliseconds: 3)),
            .init(
                sealed: "v1.e.f", publicKey: nil, createdAt: Timestamp(milliseconds: 1),
                expiresAt: Timestamp(milliseconds: 9)),
        ]
        stored.agreement = SinkAgreement(
            sink: "https://example.com/", agreedAt: Timestamp(milliseconds: 4), requestsPerMinute: 60)
        #expect(try Self.decoded(try stored.json()) == stored)
        stored.agreement?.requestsPerMinute = nil
        stored.subscription.protocolSettings.authorization = .file("crm")
        #expect(try Self.decoded(try stored.json()) == stored)
    }

    @Test func anAgreementIsOneOfItsSink() {
        var stored = Self.stored()
        #expect(!stored.needsAgreement)
        stored.subscription.protocolSettings.handshake = true
        #expect(stored.needsAgreement)
        stored.agreement = SinkAgreement(
            sink: "https://example.com/", agreedAt: Timestamp(milliseconds: 4), requestsPerMinute: 30)
        #expect(!stored.needsAgreement)
        #expect(stored.rateLimitPerSecond == 0.5)
        stored.subscription.sink = "https://example.com/other"
        #expect(stored.needsAgreement)
        #expect(stored.rateLimitPerSecond == 2.5)
    }

    /// The form that version 1 was published with; it must be readable for ever.
    @Test func theFirstFormStaysReadable() throws {
        let json = """
            {"v":1,"tenant":"acme","status":"active","generation":"g","revision":1,"createdAtMs":10,"updatedAtMs":20,
             "startOffsets":[{"topic":"t","partition":3,"offset":4}],
             "subscription":{"id":"a","sink":"https://example.com/","protocol":"HTTP",
              "protocolsettings":{"method":"POST"},
              "filters":[{"exact":{"a":"b"}}],
              "config":{"ordering":"key","concurrency":64,"mode":"binary","start":"latest"}}}
            """
        let stored = try Self.decoded(json)
        #expect(stored.subscription.id == SubscriptionID(tenant: "acme", name: "a"))
        #expect(stored.startOffsets == [TopicPartition(Topic("t"), Partition(3)): Offset(4)])
        #expect(stored.statusReason == nil)
    }

    @Test func membersOfNewerRoutersArePassedOver() throws {
        let json = try Self.stored().json()
        let newer = json.replacingOnce(#"{"config":{"#, #"{"future":1,"config":{"newer":[1,{"x":2}],"#)
            .replacingOnce(#""generation""#, #""added":{"deep":[null]},"generation""#)
        #expect(newer != json)
        #expect(try Self.decoded(newer) == Self.stored())
    }

    @Test func valuesOutOfTodaysBoundsStay() throws {
        let json = try Self.stored().json().replacingOnce(#""concurrency":64"#, #""concurrency":5000"#)
        #expect(try Self.decoded(json).subscription.config.concurrency == 5_000)
    }

    @Test(arguments: [
        (#""v":1"#, #""v":2"#, "v", "version is 2"), (#""v":1"#, #""w":1"#, "v", "version is none"),
        (#""tenant":"acme","#, "", "tenant", "required"),
        (#""status":"suspended""#, #""status":"gone""#, "status", "'active'"),
        (#""revision":7"#, #""revision":"7""#, "revision", "whole number"),
        (#""id":"a","#, "", "subscription/id", "required"),
        (#"{"exact":{"a":"b"}}"#, #"{"newer":{"a":"b"}}"#, "subscription/filters/0/newer", "unsupported dialect"),
        (#""offset":0"#, #""offset":null"#, "startOffsets/0/offset", "required"),
        (#""sink":"https://example.com/""#, #""sink":1"#, "subscription/sink", "a string"),
    ])
    func whatCannotBeReadIsSaidWithItsPlace(_ old: String, _ new: String, _ path: String, _ word: String) throws {
        let json = try Self.stored().json().replacingOnce(old, new)
        let error = #expect(throws: DecodingError.self) { try Self.decoded(json) }
        guard case .dataCorrupted(let context) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(context.codingPath.map(\.stringValue).joined(separator: "/") == path)
        #expect(context.debugDescription.contains(word), "\(context.debugDescription)")
    }
}

extension String {
    fileprivate func replacingOnce(_ old: String, _ new: String) -> String {
        guard let range = self.firstRange(of: old) else { return self }
        return self[..<range.lowerBound] + new + self[range.upperBound...]
    }
}
