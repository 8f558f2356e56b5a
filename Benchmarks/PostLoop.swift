import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import ProcessKit

/// The ceiling of delivery: a plain loop of POST requests with the HTTP client library, nothing kept, nothing ordered.
struct PostLoop: Equatable {
    var port: Int
    var concurrency: Int
    var requests: Int
    /// Of each event.
    var dataBytes: Int

    func run() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.httpVersion = .http1Only
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = self.concurrency
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let share = self.requests / self.concurrency
        let rest = self.requests % self.concurrency
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<self.concurrency {
                let count = share + (worker < rest ? 1 : 0)
                group.addTask { try await self.post(count, worker, client) }
            }
            try await group.waitForAll()
        }
        try await client.shutdown()
    }

    /// The headers of a delivered event.
    private func post(_ count: Int, _ worker: Int, _ client: HTTPClient) async throws {
        let body = ByteBuffer(string: RequestTemplate.data(self.dataBytes))
        for number in 0..<count {
            var request = HTTPClientRequest(url: "http://127.0.0.1:\(self.port)/")
            request.method = .POST
            request.headers = [
                "content-type": "application/json", "ce-specversion": "1.0", "ce-id": "\(worker)-\(number)",
                "ce-source": "/bench", "ce-type": DeliveryBenchmark.type, "ce-partitionkey": "\(worker)",
                "ce-subject": "bench", "ce-tenantid": "default", "ce-correlationid": "\(worker)-\(number)",
            ]
            request.body = .bytes(body)
            let response = try await client.execute(request, timeout: .seconds(30))
            _ = try await response.body.collect(upTo: 1 << 20)
        }
    }

    /// Starts it as a child process, which ends when all requests are answered.
    func startChild(_ context: BenchmarkContext) throws -> ChildProcess {
        try ChildProcess(
            executable: try ChildProcess.product(named: "portarium-bench"),
            arguments: ["--post-loop", "\(self.port)", "\(self.concurrency)", "\(self.requests)", "\(self.dataBytes)"],
            outputFile: context.directory.appendingPathComponent("post-loop.txt"))
    }
}
