import CloudEvents
import Foundation
import ProcessKit
import Testing

extension IntegrationTests {
    /// W3C Trace Context through the real binary: what a producer sends, and what a sink then sees.
    @Suite(.enabled(if: TraceContextCase.isPresent, "the cases of W3C Trace Context do not lie beside the repository"))
    struct TraceContextTests {
        /// Three subscriptions: each event causes three requests.
        private static let subscriptions = 3

        @Test(.timeLimit(.minutes(3)), arguments: [false, true])
        func theCasesOfTheStandardHold(isTraced: Bool) async throws {
            #expect(TraceContextCase.all.count >= 19)
            try await withTemporaryDirectory { directory in
                try await RecordingSink.with { collector in
                    let settings = directory.appendingPathComponent("portarium.yaml")
                    let tracing = "tracing: {endpoint: \"\(collector.url)\", intervalMilliseconds: 20}\n"
                    try Data((isTraced ? tracing : "tracing: {}\n").utf8).write(to: settings)
                    try await RecordingSink.with { sink in
                        try await PortariumProcess.with(
                            dataDirectory: directory.appendingPathComponent("data"),
                            arguments: ["--config", settings.path]
                        ) { router in
                            for number in 1...Self.subscriptions {
                                try await router.client.call(
                                    "POST", "/v1/subscriptions",
                                    #"{"id":"s\#(number)","sink":"\#(sink.url)","protocol":"HTTP"}"#, expecting: 201)
                            }
                            for testCase in TraceContextCase.all { try await Self.publish(testCase, router) }
                            let count = TraceContextCase.all.reduce(0) { $0 + $1.requests.count } * Self.subscriptions
                            try await eventually("all deliveries") { sink.count >= count }
                        }
                        for testCase in TraceContextCase.all { Self.check(testCase, sink.deliveries) }
                    }
                    #expect(isTraced == (collector.count > 0))
                }
            }
        }

        private static func publish(_ testCase: TraceContextCase, _ router: PortariumProcess) async throws {
            for (index, headers) in testCase.requests.enumerated() {
                let connection = try await RawConnection.open(port: router.port)
                var request = "POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nce-specversion: 1.0\r\n"
                request += "ce-source: /w3c\r\nce-type: t\r\nce-id: \(testCase.name)-\(index)\r\n"
                for (name, value) in headers { request += "\(name):\(value)\r\n" }
                await connection.send(request + "content-type: application/json\r\n\r\n{}")
                #expect(try await connection.answer() == 202, "\(testCase.name): \(connection.text)")
                await connection.close()
            }
        }

        private static func check(_ testCase: TraceContextCase, _ deliveries: [RecordingSink.Delivery]) {
            for (index, headers) in testCase.requests.enumerated() {
                let caused = deliveries.filter { $0.id == "\(testCase.name)-\(index)" }
                #expect(caused.count == Self.subscriptions, "\(testCase.name)")
                let parents = caused.compactMap { $0.headers["traceparent"].flatMap { TraceParent($0) } }
                #expect(parents.count == caused.count, "\(testCase.name): every request has a valid traceparent")
                #expect(Set(parents.map(\.traceID)).count == 1, "\(testCase.name): one trace")
                #expect(Set(parents.map(\.parentID)).count == Self.subscriptions, "\(testCase.name): spans of its own")
                let (same, other) = testCase.traceIDs(ofRequest: index)
                for parent in parents {
                    #expect(same.allSatisfy { $0 == parent.traceIDText }, "\(testCase.name): \(parent.text)")
                    #expect(!other.contains(parent.traceIDText), "\(testCase.name): \(parent.text)")
                    #expect(parent.parentID != 0x1234_5678_9012_3456, "\(testCase.name): a span of the router")
                }
                let hasTrace = headers.contains { $0.name.lowercased() == "traceparent" } && !same.isEmpty
                let sent = headers.first { $0.name == "tracestate" }?.value
                let isContinued = hasTrace || testCase.name.contains("allowed_characters")
                for delivery in caused {
                    #expect(delivery.headers["tracestate"] == (isContinued ? sent : nil), "\(testCase.name)")
                }
            }
        }
    }
}
