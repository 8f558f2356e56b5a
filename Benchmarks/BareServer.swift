import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ProcessKit

/// The ceiling of ingress: the same server library with a handler that reads the body and does nothing with it.
struct BareServer {
    var port: Int

    func run() async throws {
        let router = Router()
        router.post("/v1/events") { request, _ -> Response in
            let body = try await request.body.collect(upTo: 16 << 20)
            let answer = ByteBuffer(string: #"{"accepted":\#(body.readableBytes > 0 ? 1 : 0)}"#)
            return Response(
                status: .accepted, headers: [.contentType: "application/json"], body: .init(byteBuffer: answer))
        }
        router.get("/readyz") { _, _ in HTTPResponse.Status.ok }
        var logger = Logger(label: "bare")
        logger.logLevel = .error
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: self.port)), logger: logger)
        try await application.runService()
    }

    /// Runs it as a child process while `body` runs.
    static func with<R>(_ context: BenchmarkContext, _ body: (Int) async throws -> R) async throws -> R {
        let port = try await freePort()
        let child = try ChildProcess(
            executable: try ChildProcess.product(named: "portarium-bench"), arguments: ["--serve-bare", "\(port)"],
            outputFile: context.directory.appendingPathComponent("bare.txt"))
        do {
            try await child.becomeReady(port: port, path: "/readyz")
            let result = try await body(port)
            await child.kill()
            return result
        } catch {
            await child.kill()
            throw error
        }
    }
}
