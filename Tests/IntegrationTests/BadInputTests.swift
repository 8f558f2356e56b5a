import Foundation
import NIOCore
import ProcessKit
import Testing

extension IntegrationTests {
    /// Nothing that comes in over HTTP can hurt: it is refused with a reason, and the router goes on.
    struct BadInputTests {
        @Test(.timeLimit(.minutes(3)))
        func badRequestsAreRefusedAndChangeNothing() async throws {
            try await self.withRouter { router in
                for input in BadInput.all {
                    let answer = try await router.client.send(
                        "POST", input.path, headers: input.headers, body: input.body)
                    #expect((400..<500).contains(answer.status), "\(input.name): \(answer.status) \(answer.text)")
                    #expect(answer.contentType.hasPrefix("application/problem+json"), "\(input.name)")
                    #expect(answer.json["status"]?.int == answer.status, "\(input.name)")
                    #expect(answer.json["type"]?.string?.isEmpty == false, "\(input.name)")
                    #expect(answer.json["title"]?.string?.isEmpty == false, "\(input.name)")
                }
            }
        }

        @Test(.timeLimit(.minutes(3)))
        func aBodyOf100MegabytesIsRefused() async throws {
            try await self.withRouter { router in
                let connection = try await RawConnection.open(port: router.port)
                let chunk = ByteBuffer(repeating: UInt8(ascii: " "), count: 1 << 20)
                await connection.send(self.head(length: 100 * chunk.readableBytes))
                for _ in 0..<100 where connection.status == nil {
                    guard await connection.send(chunk) else { break }
                }
                let status = try await connection.answer()
                #expect(status == 413)
                await connection.close()
            }
        }

        @Test(.timeLimit(.minutes(3)))
        func aBodyThatBreaksOffIsNotAnEvent() async throws {
            try await self.withRouter { router in
                for _ in 0..<20 {
                    let connection = try await RawConnection.open(port: router.port)
                    await connection.send(self.head(length: 1_000) + #"{"specversion":"1.0","id":"cut""#)
                    await connection.finish()
                    let status = try await connection.answer()
                    #expect(status.map { (400..<500).contains($0) } ?? true)
                    await connection.close()
                }
            }
        }

        @Test(.timeLimit(.minutes(3)), arguments: ["a\u{0}b", "a\u{1}b"])
        func aControlCharacterInAHeaderIsRefused(_ value: String) async throws {
            try await self.withRouter { router in
                let connection = try await RawConnection.open(port: router.port)
                await connection.send(
                    """
                    POST /v1/events HTTP/1.1\r\nhost: a\r\nce-specversion: 1.0\r\nce-id: \(value)\r\n\
                    ce-source: /bad\r\nce-type: a\r\ncontent-length: 0\r\n\r\n
                    """)
                let status = try await connection.answer()
                #expect(status.map { (400..<500).contains($0) } ?? true)
                await connection.close()
            }
        }

        @Test(.timeLimit(.minutes(3)))
        func slowRequestsHoldNobodyUp() async throws {
            try await self.withRouter { router in
                var slow: [RawConnection] = []
                for index in 0..<200 {
                    let connection = try await RawConnection.open(port: router.port)
                    // Half of them stop inside the head, half inside the body.
                    let head = self.head(length: 500)
                    await connection.send(index.isMultiple(of: 2) ? String(head.dropLast(10)) : head + "{")
                    slow.append(connection)
                }
                #expect(try await router.client.send("GET", "/readyz").status == 200)
                let count = try await router.client.countEvents()
                #expect(count == 1)
                for connection in slow { await connection.close() }
            }
        }

        private func head(length: Int) -> String {
            """
            POST /v1/events HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/cloudevents+json\r\n\
            content-length: \(length)\r\n\r\n
            """
        }

        /// A router with one event and one subscription, which are still all it has when `body` is through.
        private func withRouter(_ body: (PortariumProcess) async throws -> Void) async throws {
            try await withTemporaryDirectory { directory in
                try await PortariumProcess.with(dataDirectory: directory.appendingPathComponent("data")) { router in
                    let event = ["id": "good", "source": "/good", "type": "com.portarium.test.Good.v1"]
                    #expect(try await router.client.publish(event).status == 202)
                    try await router.client.call(
                        "POST", "/v1/subscriptions", #"{"id":"one","sink":"http://127.0.0.1:9/","protocol":"HTTP"}"#,
                        expecting: 201)
                    try await eventually("the first event") { try await router.client.countEvents() == 1 }

                    try await body(router)

                    #expect(router.isRunning, "\(router.errorTail())")
                    #expect(try await router.client.countEvents() == 1)
                    let listed = try await router.client.call("GET", "/v1/subscriptions", expecting: 200)
                    #expect(listed["items"]?.elements.count == 1)
                    #expect(try await router.client.publish(event.merging(["id": "next"]) { $1 }).status == 202)
                    try await eventually("the next event") { try await router.client.countEvents() == 2 }
                }
            }
        }
    }
}
