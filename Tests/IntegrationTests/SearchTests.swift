import Foundation
import ProcessKit
import Testing

extension IntegrationTests {
    /// What was published is found by its identifiers, whatever happened to the process and to the index.
    struct SearchTests {
        private static let types = ["com.portarium.run.Started", "com.portarium.action.Done", "com.example.other"]

        @Test(.timeLimit(.minutes(2)))
        func eventsAreFoundAfterACrashAndWithoutTheFile() async throws {
            try await withTemporaryDirectory { directory in
                let data = directory.appendingPathComponent("data")
                try await PortariumProcess.with(dataDirectory: data) { router in
                    try await self.publish(0..<300, router.client)
                    try await eventually("everything indexed") { try await self.lag(router.client) == 0 }
                    try await self.publish(300..<600, router.client)
                    #expect(try await self.search("c-1", router.client) == (0..<200).map { 598 - 3 * $0 })
                }
                // The process was killed: the second half may be in the index or not.
                try await PortariumProcess.with(dataDirectory: data) { router in
                    let found = try await self.search("c-1", router.client)
                    #expect(found == (0..<200).map { 598 - 3 * $0 })
                    #expect(try await router.terminate() == 0)
                }
                try FileManager.default.removeItem(at: data.appendingPathComponent("index.db"))
                try await PortariumProcess.with(dataDirectory: data) { router in
                    #expect(try await self.search("c-1", router.client) == (0..<200).map { 598 - 3 * $0 })
                    try await eventually("everything indexed") { try await self.lag(router.client) == 0 }
                    #expect(try await self.search("c-2", router.client) == (0..<200).map { 599 - 3 * $0 })
                    let trace = try await router.client.call("GET", "/v1/events/17/trace", expecting: 200)
                    #expect(trace["event"]?["correlationid"]?.string == "c-2")
                    #expect(try await router.terminate() == 0)
                }
                #expect(try DatabaseFiles.integrity(in: data)["index.db"] == "ok")
            }
        }

        /// One event a number, which is its id, over three topics and many partitions.
        private func publish(_ numbers: Range<Int>, _ client: RouterClient) async throws {
            for number in numbers {
                let answer = try await client.publish([
                    "id": "\(number)", "source": "/index", "type": Self.types[number / 3 % 3],
                    "subject": "\(number % 40)", "correlationid": "c-\(number % 3)",
                ])
                #expect(answer.status == 202)
            }
        }

        /// The ids of a correlation, page by page, sorted from the newest on: events of one millisecond may change
        /// places between partitions.
        private func search(_ correlation: String, _ client: RouterClient) async throws -> [Int] {
            var ids: [Int] = []
            var path: String? = "/v1/events?correlationid=\(correlation)&limit=37"
            while let next = path {
                let page = try await client.call("GET", next, expecting: 200)
                ids += page["items"]?.elements.compactMap { $0["event"]?["id"]?.string.flatMap { Int($0) } } ?? []
                path = page["nextCursor"]?.string.map { cursor in
                    "/v1/events?correlationid=\(correlation)&limit=37&cursor=\(cursor)"
                }
            }
            return ids.sorted(by: >)
        }

        private func lag(_ client: RouterClient) async throws -> Int? {
            let metrics = try await client.send("GET", "/metrics").text.split(separator: "\n")
            let line = metrics.first { $0.hasPrefix("portarium_index_lag_records ") }
            return line.flatMap { Int($0.split(separator: " ")[1]) }
        }
    }
}
