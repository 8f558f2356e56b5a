import EventDispatch
import EventLog
import Ingress
import NIOCore
import RouterTestKit
import Testing
import WebhookTestKit
import Webhooks

struct DeduplicationTests {
    private static let duplicate = #"{"accepted":0,"duplicate":true}"#
    private static let body = #"{"zen":"x"}"#

    private static func headers(_ delivery: String) -> [(String, String)] {
        WebhookSigner.github(Self.body, event: "ping", delivery: delivery, secret: "s")
    }

    @Test func theSameDeliveryIsTakenOnce() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("github", secrets: ["s"])
            #expect(try await world.post(id, Self.body, Self.headers("1")).text.hasPrefix(#"{"accepted":1"#))
            let again = try await world.post(id, Self.body, Self.headers("1"))
            #expect(again.status == 202)
            #expect(again.text == Self.duplicate)
            #expect(try await world.post(id, Self.body, Self.headers("2")).text.hasPrefix(#"{"accepted":1"#))
            #expect(try world.stored().count == 2)
            #expect(world.counter.outcomes == ["github accepted", "github duplicate", "github accepted"])
        }
    }

    @Test func endpointsDoNotShareIds() async throws {
        try await WebhookWorld.with { world in
            let one = try await world.endpoint("github", secrets: ["s"])
            let other = try await world.endpoint("github", secrets: ["s"])
            for id in [one, other] {
                #expect(try await world.post(id, Self.body, Self.headers("1")).text.hasPrefix(#"{"accepted":1"#))
            }
            #expect(try world.stored().count == 2)
        }
    }

    @Test func theSameDeliveryManyTimesAtOnceIsTakenOnce() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("github", secrets: ["s"])
            world.log.setFault(.hangs, on: .append)
            let texts = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await world.post(id, Self.body, Self.headers("1")).text }
                }
                try await Task.sleep(for: .milliseconds(200))
                world.log.setFault(nil, on: .append)
                return try await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(texts.filter { $0 == Self.duplicate }.count == 19)
            #expect(texts.filter { $0.hasPrefix(#"{"accepted":1"#) }.count == 1)
            #expect(try world.stored().count == 1)
        }
    }

    @Test func aFailedAppendLeavesNothingBehind() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("github", secrets: ["s"])
            world.log.setFault(.fails(EventLogError(.unavailable, "the disk is away")), on: .append, times: 1)
            let failed = try await world.post(id, Self.body, Self.headers("1"))
            #expect(failed.status == 503)
            #expect(failed.headers["retry-after"] != nil)
            #expect(try await world.post(id, Self.body, Self.headers("1")).text.hasPrefix(#"{"accepted":1"#))
            #expect(try world.stored().count == 1)
        }
    }

    @Test func aRestartForgetsNothing() async throws {
        let log = try await WebhookWorld.makeLog()
        var id = ""
        try await WebhookWorld.with(log) { world in
            id = try await world.endpoint("github", secrets: ["s"])
            _ = try await world.post(id, Self.body, Self.headers("1"))
        }
        try await WebhookWorld.with(log) { world in
            let again = try await world.post(id, Self.body, Self.headers("1"))
            #expect(again.text == Self.duplicate)
            #expect(try world.stored().count == 1)
        }
    }

    @Test func largeBodiesTakeTheLongWayAndAreKnownAsWell() async throws {
        let log = try await WebhookWorld.makeLog()
        var id = ""
        try await WebhookWorld.with(log) {
            $0.ingress.directBodyBytesMax = 1
        } _: { world in
            id = try await world.endpoint("github", secrets: ["s"])
            let taken = try await world.post(id, Self.body, Self.headers("1"))
            #expect(taken.text.hasPrefix(#"{"accepted":1"#))
        }
        try await WebhookWorld.with(log) { world in
            let again = try await world.post(id, Self.body, Self.headers("1"))
            #expect(again.text == Self.duplicate)
            #expect(try world.stored().count == 1)
        }
    }

    @Test func theWindowEnds() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("github", secrets: ["s"]) { $0.dedupeWindowSeconds = 60 }
            _ = try await world.post(id, Self.body, Self.headers("1"))
            world.pass(seconds: 59)
            #expect(try await world.post(id, Self.body, Self.headers("1")).text == Self.duplicate)
            world.pass(seconds: 1)
            #expect(try await world.post(id, Self.body, Self.headers("1")).text.hasPrefix(#"{"accepted":1"#))
            #expect(try await world.post(id, Self.body, Self.headers("1")).text == Self.duplicate)
        }
    }

    @Test func aWindowOfNothingTakesEverything() async throws {
        try await WebhookWorld.with { world in
            let id = try await world.endpoint("github", secrets: ["s"]) { $0.dedupeWindowSeconds = 0 }
            for _ in 0..<2 {
                #expect(try await world.post(id, Self.body, Self.headers("1")).text.hasPrefix(#"{"accepted":1"#))
            }
        }
    }

    @Test func anHeirOfAnIdInheritsNoDeliveries() async throws {
        try await WebhookWorld.with { world in
            try await world.endpoint("github", secrets: ["s"], id: "hub")
            _ = try await world.post("hub", Self.body, Self.headers("1"))
            try await world.endpoints.delete("hub", tenant: "t")
            try await world.endpoint("github", secrets: ["s"], id: "hub", tenant: "other")
            #expect(try await world.post("hub", Self.body, Self.headers("1")).text.hasPrefix(#"{"accepted":1"#))
        }
    }

    @Test func memoryIsBounded() async {
        let deliveries = WebhookDeliveries(entriesMax: 100)
        for number in 0..<1_000 {
            let key = DeliveryKey(endpoint: "e", source: nil, id: "\(number)")
            #expect(await deliveries.claim([key], now: 0) == .new([key]))
            deliveries.settle([key], until: 1_000_000, now: 0)
        }
        #expect(deliveries.count == 100)
        #expect(deliveries.forgotten == 900)
        let last = DeliveryKey(endpoint: "e", source: nil, id: "999")
        #expect(await deliveries.claim([last], now: 0) == .new([]))
        #expect(await deliveries.claim([last], now: 1_000_000) == .new([last]))
    }

    @Test func whoWaitsForADeliveryThatFailsIsToldSo() async {
        let deliveries = WebhookDeliveries(entriesMax: 10)
        let key = DeliveryKey(endpoint: "e", source: nil, id: "1")
        let other = DeliveryKey(endpoint: "e", source: nil, id: "2")
        #expect(await deliveries.claim([key], now: 0) == .new([key]))
        async let waiting = deliveries.claim([other, key], now: 0)
        deliveries.abandon([key])
        let claim = await waiting
        // It came before or after the failure.
        #expect(claim == .failed || claim == .new([key, other]))
        deliveries.abandon([key, other])
        #expect(await deliveries.claim([key, other, key], now: 0) == .new([key, other]))
    }

    @Test func aMarkerSaysWhatItWasMadeOf() throws {
        let keys = (0..<3).map { DeliveryKey(endpoint: "e", source: "/s", id: "\($0)") }
        let marker = DeliveryMarker(expiresMilliseconds: 1_767_225_600_000, keys: keys)
        #expect(DeliveryMarker(marker.bytes) == marker)
        #expect(DeliveryMarker(ByteBuffer(string: "short")) == nil)
        #expect(DeliveryMarker(ByteBuffer(string: "neither eight nor")) == nil)
    }
}
