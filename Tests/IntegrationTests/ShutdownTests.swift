import Foundation
import ProcessKit
import Testing

extension IntegrationTests {
    /// SIGTERM drains.
    struct ShutdownTests {
        @Test(.timeLimit(.minutes(3)))
        func terminationUnderLoadLosesNothing() async throws {
            try await withTemporaryDirectory { directory in
                let data = directory.appendingPathComponent("data")
                try await RecordingSink.with { sink in
                    let publishers = try await self.terminateUnderLoad(data, sink)
                    let accepted = publishers.accepted
                    #expect(accepted.count >= 500)
                    try await PortariumProcess.with(dataDirectory: data) { _ in
                        try? await eventually("every accepted event at the sink") {
                            Set(sink.deliveries.map(\.id)).isSuperset(of: accepted)
                        }
                    }
                    let ledger = DeliveryLedger(sink.deliveries)
                    #expect(ledger.lost(of: accepted) == [])
                    #expect(ledger.disorder == [])
                    // What was settled was committed on the way out, so only a repeated event can come twice.
                    #expect(ledger.duplicates.count <= publishers.unanswered)
                }
            }
        }

        private func terminateUnderLoad(_ data: URL, _ sink: RecordingSink) async throws -> KeyedPublishers {
            try await PortariumProcess.with(dataDirectory: data) { router in
                try await router.client.call(
                    "POST", "/v1/subscriptions",
                    #"{"id":"steps","types":["\#(KeyedPublishers.type)"],"sink":"\#(sink.url)","protocol":"HTTP"}"#,
                    expecting: 201)
                let publishers = KeyedPublishers(port: router.port, backlogMax: 5_000) { sink.count }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await publishers.run(producers: 8, keysEach: 4) }
                    do {
                        try await eventually("some load") { publishers.acceptedCount >= 500 && sink.count > 0 }
                        #expect(try await router.terminate() == 0)
                    } catch {
                        publishers.stop()
                        throw error
                    }
                    publishers.stop()
                }
                return publishers
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func aHalfSentBodyDoesNotHoldUpTheEnd() async throws {
            try await withTemporaryDirectory { directory in
                try await PortariumProcess.with(dataDirectory: directory.appendingPathComponent("data")) { router in
                    let connection = try await RawConnection.open(port: router.port)
                    await connection.send(
                        "POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/cloudevents+json\r\n"
                            + "content-length: 500\r\n\r\n{\"id\"")
                    // The half-sent request is there when the router has told of it.
                    try await eventually("the request is in flight") {
                        try await router.client.send("GET", "/metrics").text
                            .contains("\nportarium_ingress_in_flight_requests 1\n")
                    }
                    #expect(try await router.terminate(within: .seconds(15)) == 0)
                    await connection.close()
                }
            }
        }

        @Test(.timeLimit(.minutes(1)))
        func anIdleRouterEndsAtOnce() async throws {
            try await withTemporaryDirectory { directory in
                try await PortariumProcess.with(dataDirectory: directory.appendingPathComponent("data")) { router in
                    let exitCode = try await router.terminate(within: .seconds(20))
                    #expect(exitCode == 0)
                }
            }
        }
    }
}
