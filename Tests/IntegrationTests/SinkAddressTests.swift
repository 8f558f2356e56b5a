import Foundation
import ProcessKit
import Testing

extension IntegrationTests {
    /// Which addresses the router sends to, by what its configuration says.
    struct SinkAddressTests {
        private static let refusal = "the sink's address is not allowed: it is a loopback address"

        @Test(.timeLimit(.minutes(5)))
        func aSubscriptionFromBeforeIsHeldToWhatIsAllowedNow() async throws {
            try await withTemporaryDirectory { directory in
                let data = directory.appendingPathComponent("data")
                let strict = directory.appendingPathComponent("strict.yaml")
                try Data("sink:\n  allowedNetworks: []\n".utf8).write(to: strict)
                try await RecordingSink.with { sink in
                    try await PortariumProcess.with(dataDirectory: data) { router in
                        try await self.subscribe(to: sink.url, router.client, expecting: 201)
                        #expect(router.output().contains("sinks on loopback are allowed"))
                        #expect(try await router.terminate() == 0)
                    }
                    let arguments = ["--config", strict.path]
                    try await PortariumProcess.with(dataDirectory: data, arguments: arguments) { router in
                        let client = router.client
                        try await self.subscribe(to: sink.url, client, expecting: 422)
                        try await client.call("POST", "/v1/replays", #"{"sink":"\#(sink.url)"}"#, expecting: 422)
                        _ = try await client.publish(["id": "1", "source": "/test", "type": "com.example.a.v1"])
                        try await eventually("the refusal") {
                            try await client.send("GET", "/v1/subscriptions/hook").text.contains(Self.refusal)
                        }
                        #expect(sink.count == 0)
                        #expect(!router.output().contains("sinks on loopback are allowed"))
                        #expect(try await router.terminate() == 0)
                    }
                    // What was refused is not lost.
                    try await PortariumProcess.with(dataDirectory: data) { _ in
                        try await eventually("the event") { sink.count == 1 }
                    }
                }
            }
        }

        private func subscribe(to url: String, _ client: RouterClient, expecting status: Int) async throws {
            try await client.call(
                "POST", "/v1/subscriptions",
                """
                {"id":"hook","types":["com.example.a.v1"],"sink":"\(url)","protocol":"HTTP",
                 "config":{"retry":{"maxAttempts":1000,"minDelayMs":50,"maxDelayMs":200}}}
                """, expecting: status)
        }
    }
}
