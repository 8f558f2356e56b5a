import Foundation
import ProcessKit

/// Tansu with its data in memory, always behind a ``TCPProxy`` of ours: it is the broker for take-overs and cut
/// networks.
///
/// librdkafka 2.0.2 cannot read Tansu's answer to ApiVersions 3, so the proxy refuses that version in its name, and the
/// client asks again with version 0. The first join of a group takes half of its session timeout: set
/// `session.timeout.ms` to one or two seconds.
package final class TansuBroker: KafkaBroker {
    package let kind = BrokerKind.tansu
    /// What clients talk to.
    package let proxy: TCPProxy
    private let child: ChildProcess
    private let directory: URL

    package var bootstrap: String { "127.0.0.1:\(self.proxy.port)" }
    package var isRunning: Bool { self.child.isRunning }

    private init(proxy: TCPProxy, child: ChildProcess, directory: URL) {
        self.proxy = proxy
        self.child = child
        self.directory = directory
    }

    /// Starts one on a free port and returns when it answers through the proxy.
    ///
    /// - Throws: ``ChildProcess/Failure`` where it is not installed or ends at once.
    package static func start() async throws -> TansuBroker {
        let program = try ServiceFiles.program("tansu")
        return try await startingBroker { port in
            let proxy = try await TCPProxy.start(upstreamPort: port, refusesFlexibleApiVersions: true)
            let directory = FileManager.default.temporaryDirectory.appendingPathComponent("tansu-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            let child = try ChildProcess(
                executable: program,
                arguments: [
                    "--listener-url", "tcp://127.0.0.1:\(port)",
                    "--advertised-listener-url", "tcp://127.0.0.1:\(proxy.port)",
                    "--storage-engine", "memory://tansu/",
                ],
                outputFile: directory.appendingPathComponent("output.txt"), leash: Leash(scratch: directory))
            let broker = TansuBroker(proxy: proxy, child: child, directory: directory)
            do {
                try await child.answersKafka(port: proxy.port)
                return broker
            } catch {
                await broker.stop()
                throw error
            }
        }
    }

    /// Starts, runs `body`, and leaves no process behind on any path.
    package static func with<R>(_ body: (TansuBroker) async throws -> R) async throws -> R {
        try await withBroker(try await Self.start(), body)
    }

    package func stop() async {
        await self.child.kill()
        await self.proxy.stop()
        try? FileManager.default.removeItem(at: self.directory)
    }
}
