import EventDispatch
import EventLog
import NIOCore
import RouterTestKit
import Testing
import WebhookTestKit
import Webhooks

/// Two processes on one log, which does not append all or nothing.
struct ReplicaWebhookTests {
    private static let body = #"{"zen":"x"}"#

    private static func headers(_ delivery: String) -> [(String, String)] {
        WebhookSigner.github(Self.body, event: "ping", delivery: delivery, secret: "s")
    }

    private static func with(_ body: @escaping (WebhookWorld, WebhookWorld) async throws -> Void) async throws {
        let log = try await WebhookWorld.makeLog()
        let coordinator = ReplicaCoordinator(log: log)
        try await WebhookWorld.with(log, sharedBy: ReplicaEventLog("a", coordinator)) { first in
            try await WebhookWorld.with(log, sharedBy: ReplicaEventLog("b", coordinator)) { second in
                try await body(first, second)
            }
        }
    }

    private static func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
        for _ in 0..<1_000 {
            if try await condition() { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }

    @Test func whatOneReplicaIsToldAllKnow() async throws {
        try await Self.with { first, second in
            let id = try await first.endpoint("github", secrets: ["s"])
            #expect(try await second.endpoints.get(id, tenant: "t").secretCount == 1)
            let isKnown = try await Self.eventually {
                try await second.post(id, Self.body, Self.headers("1")).status == 202
            }
            #expect(isKnown)
            try await second.endpoints.delete(id, tenant: "t")
            let isGone = try await Self.eventually {
                try await first.post(id, Self.body, Self.headers("2")).status == 404
            }
            #expect(isGone)
        }
    }

    @Test func aDeliveryThatOneTookIsKnownToTheOther() async throws {
        try await Self.with { first, second in
            let id = try await first.endpoint("github", secrets: ["s"])
            _ = try await second.endpoints.get(id, tenant: "t")
            let accepted = try await first.post(id, Self.body, Self.headers("1"))
            #expect(accepted.text.hasPrefix(#"{"accepted":1"#))
            // The other hears of it in a moment; what is sent until then may be taken twice.
            let topic = TopicPartition(WebhookServiceConfiguration().deliveryTopic, Partition(0))
            #expect(first.log.records(of: topic).count == 1)
            let isKnown = try await Self.eventually { second.knownDeliveries == 1 }
            #expect(isKnown)
            let again = try await second.post(id, Self.body, Self.headers("1"))
            #expect(again.text == #"{"accepted":0,"duplicate":true}"#)
            #expect(try first.stored().count == 1)
        }
    }

    @Test func ofTwoThatCreateOneIdTheFirstCountsForAll() async throws {
        try await Self.with { first, second in
            for round in 0..<20 {
                let id = "hub\(round)"
                async let one: String = first.endpoint("github", secrets: ["s"], id: id, tenant: "one")
                async let two: String = second.endpoint("github", secrets: ["s"], id: id, tenant: "two")
                let made = [try? await one, try? await two]
                #expect(made.compactMap(\.self).count == 1)
                let owner = made[0] == nil ? "two" : "one"
                for world in [first, second] {
                    let view = try await world.endpoints.get(id, tenant: owner)
                    #expect(view.secretCount == 1)
                }
                // The other is taken back, and does not come into its place.
                let topic = TopicPartition(WebhookServiceConfiguration().endpointTopic, Partition(0))
                let isTakenBack = try await Self.eventually {
                    let records = first.log.records(of: topic).filter { $0.record.describes(endpoint: id) }
                    return Dictionary(grouping: records, by: \.record.key).count { $0.value.last?.record.value != nil }
                        == 1
                }
                #expect(isTakenBack)
                try await first.endpoints.delete(id, tenant: owner)
                for world in [first, second] {
                    #expect(try await world.endpoints.count(tenant: "one") + world.endpoints.count(tenant: "two") == 0)
                }
            }
        }
    }
}

extension LogRecord {
    fileprivate func describes(endpoint id: String) -> Bool {
        self.key.map { String(buffer: $0) }?.hasPrefix("\(id)/") == true
    }
}
