import CloudEvents
import EventLog
import HTTPServing
import Hummingbird
import HummingbirdTesting
import Ingress
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// The direct way answers what the router answers, and keeps its place among the requests of a connection.
@Suite(.timeLimit(.minutes(2))) struct DirectEventTests {
    private static let structured = "content-type: application/cloudevents+json\r\n"
    private static let binary = "ce-specversion: 1.0\r\nce-id: 1\r\nce-source: /s\r\nce-type: t\r\n"

    private static func request(
        _ headers: String, _ body: String, target: String = "/v1/events", method: String = "POST"
    ) -> String {
        "\(method) \(target) HTTP/1.1\r\nhost: x\r\n\(headers)content-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private func send(_ text: String, to server: EventServer, isDirect: Bool) async throws -> String {
        try await server.application(isDirect: isDirect).test(.live) { client in
            try await RawClient.connected(port: try #require(client.port)) { connection in
                try await connection.send(text)
                try await connection.endInput()
                return await connection.receiveAll()
            }
        }
    }

    private static let requests: [String] = [
        request(structured, event()),
        request(structured, event(), target: "/v1/events?x=1"),
        request(binary + "content-type: text/plain\r\n", "hello"),
        request(binary, ""),
        request(binary + "ce-id: 2\r\n", ""),
        request(binary + "ce-traceparent: junk\r\n", ""),
        request(binary + "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n", ""),
        request(binary + "x-tenant-id: acme\r\n", ""),
        request(binary + "x-tenant-id: no tenant\r\n", ""),
        request(binary + "x-tenant-id: a\r\nx-tenant-id: b\r\n", ""),
        request(binary + "ce-tenantid: other\r\n", ""),
        request(structured, "{"),
        request(structured, event(more: #","Bad":1"#)),
        request(structured + "content-encoding: gzip\r\n", event()),
        request("content-type: application/cloudevents+xml\r\n", "<x/>"),
        request("content-type: application/cloudevents-batch+json\r\n", "[]"),
        request("content-type: application/cloudevents-batch+json\r\n", "[\(event()),\(event(id: "2"))]"),
        request("content-type: application/cloudevents-batch+json\r\n", "[\(event()),{}]"),
        request("content-type: application/json\r\n", "{}"),
        request(structured, event(), target: "/v1/eventsx"),
        request(structured, "", method: "PUT"),
    ]

    @Test(arguments: requests.indices)
    func answersAreThoseOfTheRouter(index: Int) async throws {
        var answers: [String] = []
        var stored: [[[String: String]]] = []
        for isDirect in [false, true] {
            let server = try EventServer()
            let answer = try await self.send(Self.requests[index], to: server, isDirect: isDirect)
            answers.append(Self.comparable(answer))
            stored.append(server.writer.records.map(\.headers))
            #expect(server.budget.requests == 0)
            #expect(server.counter.open.withLock { $0 } == 0)
        }
        #expect(answers[0] == answers[1])
        #expect(stored[0] == stored[1])
    }

    /// An answer with its headers in order of their names and without the time.
    private static func comparable(_ answer: String) -> String {
        let parts = answer.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        var lines = parts[0].lowercased().split(separator: "\r\n").map(String.init)
        guard !lines.isEmpty else { return answer }
        let status = lines.removeFirst()
        let headers = lines.filter { !$0.hasPrefix("date:") && !$0.hasPrefix("connection:") }.sorted()
        return ([status] + headers).joined(separator: "\n") + "\n\n" + (parts.count > 1 ? String(parts[1]) : "")
    }

    @Test func aRefusedRequestLeavesItsConnectionOpen() async throws {
        let server = try EventServer()
        let answer = try await self.send(
            Self.request("content-type: application/cloudevents+xml\r\n", "<x/>")
                + Self.request(Self.structured + "connection: close\r\n", event()),
            to: server, isDirect: true)
        #expect(answer.hasPrefix("HTTP/1.1 415 "))
        #expect(answer.contains("HTTP/1.1 202 "))
    }

    @Test func answersKeepTheirOrderAmongThoseOfTheRouter() async throws {
        let server = try EventServer()
        var text = ""
        for number in 0..<10 {
            text += Self.request(Self.structured, event(id: "\(number)"))
            text += Self.request("", "", target: "/unknown\(number)", method: "GET")
        }
        text += Self.request(Self.structured + "connection: close\r\n", event(id: "last"))
        let answer = try await self.send(text, to: server, isDirect: true)
        let statuses = answer.components(of: "HTTP/1.1 ").dropFirst().map { $0.prefix(3) }
        #expect(statuses == (0..<21).map { $0.isMultiple(of: 2) ? "202" : "404" })
        #expect(server.writer.records.map { $0.headers["ce_id"] } == (0..<10).map { "\($0)" } + ["last"])
    }

    @Test func anAnswerWaitsForTheLog() async throws {
        let server = try EventServer()
        server.writer.hold()
        async let answer = self.send(
            Self.request(Self.structured + "connection: close\r\n", event()), to: server, isDirect: true)
        await server.writer.awaitAppends(1)
        #expect(server.counter.accepted.withLock { $0.isEmpty })
        server.writer.release()
        #expect(try await answer.hasPrefix("HTTP/1.1 202 "))
    }

    @Test func aLogInTroubleIsAnsweredWith503() async throws {
        let server = try EventServer()
        server.writer.fail(EventLogError(.unavailable, "the disk is gone"))
        let answer = try await self.send(
            Self.request(Self.structured + "connection: close\r\n", event()), to: server, isDirect: true)
        #expect(answer.hasPrefix("HTTP/1.1 503 "))
        #expect(answer.lowercased().contains("retry-after: 1"))
    }

    @Test func requestsThatComeTogetherAreAppendedTogether() async throws {
        let server = try EventServer()
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        server.writer.hold()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.queue.run() }
            async let first = Self.append(["a"], to: server.queue, on: loop)
            await server.writer.awaitAppends(1)
            async let second = Self.append(["b", "c"], to: server.queue, on: loop)
            async let third = Self.append(["d"], to: server.queue, on: loop)
            while server.queue.waitingRecords < 3 { await Task.yield() }
            server.writer.release()
            let positions = try await [first, second, third].flatMap { $0 }
            #expect(positions.count == 4)
            #expect(server.writer.appends.map(\.count) == [1, 3])
            group.cancelAll()
        }
    }

    @Test func whatDoesNotFitTheQueueIsRefusedAtOnce() async throws {
        let server = try EventServer(queueRecordsMax: 2)
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        await withTaskGroup(of: Void.self) { group in
            // Nothing is appended yet: nobody runs the queue.
            group.addTask { _ = try? await Self.append(["a", "b"], to: server.queue, on: loop) }
            while server.queue.waitingRecords < 2 { await Task.yield() }
            await #expect(throws: EventLogError.self) { try await Self.append(["c"], to: server.queue, on: loop) }
            group.addTask { try? await server.queue.run() }
            await group.next()
            group.cancelAll()
        }
        #expect(server.writer.records.map(\.key) == ["a", "b"])
    }

    private static func append(
        _ keys: [String], to queue: EventIntakeQueue, on loop: any EventLoop
    ) async throws -> [Position] {
        let records = keys.map { key in
            ProducerRecord(
                topic: Topic("t"),
                record: LogRecord(key: ByteBuffer(string: key), value: nil, timestamp: EventServer.now))
        }
        return try await withCheckedThrowingContinuation { continuation in
            queue.append(records, on: loop) { continuation.resume(with: $0) }
        }
    }
}

extension String {
    fileprivate func components(of separator: String) -> [String] {
        var parts: [String] = []
        var rest = self[...]
        while let range = rest.firstRange(of: separator) {
            parts.append(String(rest[..<range.lowerBound]))
            rest = rest[range.upperBound...]
        }
        return parts + [String(rest)]
    }
}
