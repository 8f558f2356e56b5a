import HTTPServing
import Hummingbird
import HummingbirdTesting
import Ingress
import NIOCore
import Testing

/// The event endpoint over real sockets, through the router and past it.
@Suite(.timeLimit(.minutes(2))) struct LiveEventTests {
    private func exchange(
        _ server: EventServer, _ isDirect: Bool, configure: (inout ServingConfiguration) -> Void = { _ in },
        _ body: @Sendable @escaping (RawClient.Connection) async throws -> String
    ) async throws -> String {
        var configuration = ServingConfiguration()
        configure(&configuration)
        let application = server.application(isDirect: isDirect, configuration: configuration)
        return try await application.test(.live) { client in
            try await RawClient.connected(port: try #require(client.port), body)
        }
    }

    private static let head = "POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-type: application/cloudevents+json\r\n"

    @Test(arguments: [false, true]) func eventsOverOneConnectionAreAllAnswered(isDirect: Bool) async throws {
        let server = try EventServer()
        let answer = try await self.exchange(server, isDirect) { connection in
            for id in ["a", "b", "c"] {
                let body = event(id: id)
                try await connection.send(Self.head + "content-length: \(body.utf8.count)\r\n\r\n" + body)
                let answer = try await connection.receive(until: "}]}")
                #expect(answer.hasPrefix("HTTP/1.1 202 "))
            }
            return ""
        }
        #expect(answer.isEmpty)
        #expect(server.writer.records.map { $0.headers["ce_id"] } == ["a", "b", "c"])
    }

    @Test(arguments: [false, true]) func bodyThatBreaksOffAppendsNothing(isDirect: Bool) async throws {
        let server = try EventServer()
        let body = event()
        let answer = try await self.exchange(server, isDirect) { connection in
            try await connection.send(Self.head + "content-length: \(body.utf8.count + 1)\r\n\r\n" + body)
            try await connection.endInput()
            return await connection.receiveAll()
        }
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(server.writer.appends.isEmpty)
        #expect(server.budget.requests == 0)
    }

    @Test(arguments: [false, true]) func chunkedBodyWithoutItsEndAppendsNothing(isDirect: Bool) async throws {
        let server = try EventServer()
        let body = event()
        let answer = try await self.exchange(server, isDirect) { connection in
            try await connection.send(
                Self.head + "transfer-encoding: chunked\r\n\r\n\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n")
            try await connection.endInput()
            return await connection.receiveAll()
        }
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400 "))
        #expect(server.writer.appends.isEmpty)
    }

    @Test(arguments: [false, true]) func hundredMegabytesAreRefusedUnread(isDirect: Bool) async throws {
        let server = try EventServer()
        let answer = try await self.exchange(server, isDirect) { connection in
            try await connection.send(Self.head + "content-length: 104857600\r\n\r\n{")
            return await connection.receiveAll()
        }
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
        #expect(answer.contains(#""limit":"bodyBytesMax","limitValue":8388608"#))
        #expect(server.writer.appends.isEmpty)
    }

    @Test(arguments: [false, true]) func chunksWithoutEndAreCutOffAtTheLimit(isDirect: Bool) async throws {
        let server = try EventServer(bodyBytesMax: 100_000)
        let chunk = "4000\r\n" + String(repeating: " ", count: 0x4000) + "\r\n"
        let answer = try await self.exchange(server, isDirect) { connection in
            try await connection.send(Self.head + "transfer-encoding: chunked\r\n\r\n")
            connection.drip(chunk, every: .microseconds(1), times: 6400)
            return await connection.receiveAll()
        }
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
        #expect(server.writer.appends.isEmpty)
        #expect(server.budget.bytes == 0)
    }

    @Test(arguments: [false, true]) func dripFedEventIsCutOffAndAppendsNothing(isDirect: Bool) async throws {
        let server = try EventServer()
        let answer = try await self.exchange(server, isDirect, configure: { $0.bodyTimeout = .milliseconds(300) }) {
            connection in
            try await connection.send(Self.head + "content-length: \(event().utf8.count + 10_000)\r\n\r\n" + event())
            connection.drip(" ", every: .milliseconds(20), times: 9_000)
            return await connection.receiveAll()
        }
        #expect(answer.hasPrefix("HTTP/1.1 408 "))
        #expect(server.writer.appends.isEmpty)
    }

    @Test(arguments: [false, true]) func tenThousandHeadersAreRefused(isDirect: Bool) async throws {
        let server = try EventServer()
        let answer = try await self.exchange(server, isDirect) { connection in
            let headers = (0..<10_000).map { "ce-ext\($0): v\r\n" }.joined()
            try await connection.send(Self.head + headers + "content-length: 0\r\n\r\n")
            return await connection.receiveAll()
        }
        #expect(answer.hasPrefix("HTTP/1.1 431 "))
        #expect(server.writer.appends.isEmpty)
    }

    @Test(arguments: [false, true]) func answersKeepTheOrderOfPipelinedRequests(isDirect: Bool) async throws {
        let server = try EventServer()
        let requests = (0..<20).map { index in
            let body = event(id: "\(index)")
            return Self.head + (index == 19 ? "connection: close\r\n" : "")
                + "content-length: \(body.utf8.count)\r\n\r\n" + body
        }
        let answer = try await self.exchange(server, isDirect) { connection in
            try await connection.send(requests.joined())
            return await connection.receiveAll()
        }
        let offsets = answer.split(separator: #""offset":"#).dropFirst().map { $0.prefix { $0.isNumber } }
        #expect(offsets.map(String.init) == (0..<20).map(String.init))
    }
}
