import Foundation
import Observability
import ProcessKit
import Testing

extension IntegrationTests {
    /// `/metrics` and `/readyz` of a running router.
    struct MetricsTests {
        /// Shown only where there is something to say of the metrics themselves.
        private static let rare: Set<MetricName> = [.metricSeriesOverflow, .metricConflicts]
        /// Shown where spans are recorded; `TracingTests` look at them.
        private static let ofTracing: Set<MetricName> = [
            .spansExported, .spansDropped, .spansQueued, .spanExportRetries,
        ]

        @Test(.timeLimit(.minutes(2)))
        func everyMetricIsShownAndCountsWhatHappened() async throws {
            try await withTemporaryDirectory { directory in
                let data = directory.appendingPathComponent("data")
                try await PortariumProcess.with(dataDirectory: data) { router in
                    try await RecordingSink.with { sink in
                        let client = router.client
                        try await client.call(
                            "POST", "/v1/subscriptions", #"{"id":"a","sink":"\#(sink.url)","protocol":"HTTP"}"#,
                            expecting: 201)
                        #expect(try await client.publish(["id": "1", "source": "/m", "type": "m"]).status == 202)
                        #expect(try await client.publish(["id": "2", "source": "/m", "type": ""]).status == 400)
                        let headers = ["x-tenant-id": "no tenant", "content-type": "application/json"]
                        #expect(try await client.send("POST", "/v1/events", headers: headers, body: []).status == 400)
                        // The attempt is counted a moment before its event counts as settled.
                        let delivered = #"portarium_delivery_events_total{outcome="delivered"} 1"#
                        let settled = #"portarium_subscription_lag_records{subscription="a",tenant="default"} 0"#
                        let text = try await eventually("the delivery is counted") { () -> String? in
                            let text = try await client.send("GET", "/metrics").text
                            return text.contains(delivered) && text.contains(settled) ? text : nil
                        }
                        for name in MetricName.allCases where !Self.rare.union(Self.ofTracing).contains(name) {
                            #expect(
                                text.contains("# TYPE \(name.rawValue) \(name.kind.rawValue)\n"), "\(name.rawValue)")
                        }
                        for line in [
                            #"portarium_ingress_events_total{mode="binary"} 1"#,
                            "portarium_ingress_in_flight_requests 0",
                            #"portarium_ingress_refused_total{reason="tenant"} 1"#,
                            #"portarium_ingress_refused_total{reason="invalid"} 1"#,
                            #"portarium_subscriptions{status="active"} 1"#, "portarium_replays_running 0",
                            "portarium_delivery_end_to_end_duration_seconds_count 1",
                            #"portarium_subscription_lag_records{subscription="a",tenant="default"} 0"#,
                            #"portarium_log_end_offset{partition="0",topic="portarium.subscriptions"} 1"#,
                        ] {
                            #expect(text.contains("\n\(line)\n"), "\(line)")
                        }
                    }
                }
            }
        }

        @Test(.timeLimit(.minutes(2)))
        func aFullLogIsUnreadyAndSaysWhyToProducers() async throws {
            try await withTemporaryDirectory { directory in
                let data = directory.appendingPathComponent("data")
                let file = directory.appendingPathComponent("small.yaml")
                try "log: {fileBytesMax: 2097152, partitions: 1}\n".write(to: file, atomically: true, encoding: .utf8)
                try await PortariumProcess.with(dataDirectory: data, arguments: ["--config", file.path]) { router in
                    let payload = "\"" + String(repeating: "x", count: 30_000) + "\""
                    let refusal = try await eventually("the log is full") { () -> RouterClient.Answer? in
                        let attributes = ["id": UUID().uuidString, "source": "/full", "type": "full"]
                        let answer = try await router.client.publish(attributes, data: payload)
                        return answer.status == 202 ? nil : answer
                    }
                    #expect(refusal.status == 503)
                    #expect(refusal.json["type"]?.string == "urn:portarium:problem:log-full")
                    #expect(refusal.json["detail"]?.string?.contains("size limit") == true)
                    let ready = try await router.client.send("GET", "/readyz")
                    #expect(ready.status == 503)
                    #expect(ready.text.contains("size limit"))
                    let text = try await router.client.send("GET", "/metrics").text
                    #expect(text.contains(#"portarium_ingress_refused_total{reason="log-full"} 1"#))
                }
            }
        }
    }
}
