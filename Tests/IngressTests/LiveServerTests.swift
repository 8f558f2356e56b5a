import HTTPServing
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Testing

/// The guard and the limits over real sockets.
@Suite(.timeLimit(.minutes(2))) struct LiveServerTests {
    private func serve<R: Sendable>(
        _ configure: (inout ServingConfiguration) -> Void = { _ in }, bytesMax: Int = 1000,
        _ body: @Sendable @escaping (RawClient.Connection) async throws -> R
    ) async throws -> R {
        var configuration = ServingConfiguration()
        configure(&configuration)
        let budget = InFlightBudget(bytesMax: 100_000, requestsMax: 100)
        let routes = TestRoutes(bodies: RequestBodyReader(bytesMax: bytesMax, budget: budget))
        return try await testApplication([routes], configuration: configuration).test(.live) { client in
            let port = try #require(client.port)
            return try await RawClient.connected(port: port, body)
        }
    }

    @Test func dripFedHeadIsAnsweredWithATimeoutAndClosed() async throws {
        let answer = try await self.serve({ $0.requestHeadTimeout = .milliseconds(300) }) { connection in
            try await connection.send("GET /things HTTP/1.1\r\nx: ")
            connection.drip("x", every: .milliseconds(20), times: 100_000)
            return await connection.receiveAll()
        }
        #expect(answer.hasPrefix("HTTP/1.1 408 "))
        #expect(answer.contains("urn:portarium:problem:request-timeout"))
    }

    @Test func dripFedBodyIsAnsweredWithATimeoutAndClosed() async throws {
        let answer = try await self.serve({ $0.bodyTimeout = .milliseconds(300) }) { connection in
            try await connection.send("PUT /raw HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\n")
            connection.drip("b", every: .milliseconds(20), times: 100_000)
            return await connection.receiveAll()
        }
        #expect(answer.hasPrefix("HTTP/1.1 408 "))
    }

    @Test func aMethodThatNobodyKnowsIsAnsweredWithThoseThatAreKnown() async throws {
        let answer = try await self.serve { connection in
            try await connection.send("BREW /things HTTP/1.1\r\nhost: x\r\n\r\n")
            return await connection.receiveAll()
        }
        #expect(answer.hasPrefix("HTTP/1.1 405 "))
        #expect(answer.lowercased().contains("allow: delete, get, head, options, post, put"))
        #expect(answer.contains(#""detail":"#))
    }

    @Test func silentConnectionIsClosed() async throws {
        let answer = try await self.serve({ $0.idleTimeout = .milliseconds(200) }) { await $0.receiveAll() }
        #expect(answer.isEmpty)
    }

    @Test func announcedBodyOverTheLimitIsRefusedBeforeItIsSent() async throws {
        let answer = try await self.serve { connection in
            try await connection.send("PUT /raw HTTP/1.1\r\nhost: x\r\ncontent-length: 104857600\r\n\r\n")
            return await connection.receiveAll()
        }
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
        #expect(answer.lowercased().contains("connection: close"))
        #expect(answer.contains(#""limit":"bodyBytesMax","limitValue":1000"#))
    }

    @Test func chunkedBodyOverTheLimitIsCutOff() async throws {
        let answer = try await self.serve { connection in
            try await connection.send("PUT /raw HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n")
            let chunk = "400\r\n" + String(repeating: "b", count: 1024) + "\r\n"
            connection.drip(chunk, every: .microseconds(1), times: 102_400)
            return await connection.receiveAll()
        }
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
        #expect(answer.lowercased().contains("connection: close"))
    }

    @Test(arguments: [
        "content-length: 100\r\n\r\nonly this", "transfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n",
        "transfer-encoding: chunked\r\n\r\nnonsense",
    ])
    func bodyThatBreaksOffIsNotTakenForAWholeOne(rest: String) async throws {
        let answer = try await self.serve { connection in
            try await connection.send("PUT /raw HTTP/1.1\r\nhost: x\r\n" + rest)
            try await connection.endInput()
            return await connection.receiveAll()
        }
        #expect(!answer.contains("200 OK"))
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400 "))
    }

    @Test func malformedRequestIsAnsweredWithAProblem() async throws {
        let answer = try await self.serve { connection in
            try await connection.send("THIS IS NOT HTTP\r\n\r\n")
            return await connection.receiveAll()
        }
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.contains("application/problem+json"))
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        let answer = try await self.serve { connection in
            try await connection.send(
                "PUT /raw HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc"
                    + "GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n"
                    + "PUT /raw HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 4\r\n\r\nabcd")
            return await connection.receiveAll()
        }
        let statuses = answer.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }
        #expect(statuses == ["200", "404", "200"])
        #expect(answer.hasSuffix("\r\n4"))
    }

    @Test func clientThatAsksFirstIsToldToContinue() async throws {
        let answer = try await self.serve { connection in
            try await connection.send(
                "PUT /raw HTTP/1.1\r\nhost: x\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n"
            )
            let first = try await connection.receive(until: "\r\n\r\n")
            #expect(first == "HTTP/1.1 100 Continue\r\n\r\n")
            try await connection.send("abc")
            return await connection.receiveAll()
        }
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
    }

    @Test func serverTellsThePortItListensOn() async throws {
        var configuration = ServingConfiguration()
        configuration.port = 0
        let (ports, found) = AsyncStream<Int>.makeStream()
        let application = HTTPApplication.make(
            configuration: configuration, routes: [TestRoutes()], logger: .init(label: "test"),
            onServerRunning: { found.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            let port = try #require(await ports.first { _ in true })
            #expect(port > 0)
            let answer = try await RawClient.connected(port: port) { connection in
                try await connection.send("GET /things HTTP/1.0\r\n\r\n")
                return await connection.receiveAll()
            }
            #expect(answer.contains("Server: portarium") || answer.contains("server: portarium"))
            group.cancelAll()
            try? await group.waitForAll()
        }
    }
}
