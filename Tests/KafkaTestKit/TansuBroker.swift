import Foundation
import ProcessKit
import Synchronization

/// Tansu with its data in memory or in an object store, always behind a ``TCPProxy`` of ours: it is the broker for
/// take-overs, cut networks and, on a store, restarts under load.
///
/// librdkafka 2.0.2 cannot read Tansu's answer to ApiVersions 3, so the proxy refuses that version in its name, and the
/// client asks again with version 0. The first join of a group takes half of its session timeout: set
/// `session.timeout.ms` to one or two seconds.
package final class TansuBroker: KafkaBroker {
    package let kind = BrokerKind.tansu
    /// What clients talk to.
    package let proxy: TCPProxy
    private let port: Int
    private let store: TansuStore?
    private let directory: URL
    private let child: Mutex<ChildProcess>

    /// In which all that it was sent before is in the store.
    private static let settling = Duration.milliseconds(500)

    package var bootstrap: String { "127.0.0.1:\(self.proxy.port)" }
    package var isRunning: Bool { self.child.withLock(\.isRunning) }

    private init(proxy: TCPProxy, port: Int, store: TansuStore?) throws {
        self.proxy = proxy
        self.port = port
        self.store = store
        self.directory = FileManager.default.temporaryDirectory.appendingPathComponent("tansu-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true)
        self.child = Mutex(try Self.launch(port, proxy.port, store, self.directory))
    }

    /// Starts one on a free port and returns when it answers through the proxy.
    ///
    /// - Parameter store: Where it keeps its data; nil: in memory.
    /// - Throws: ``ChildProcess/Failure`` where it is not installed or ends at once.
    package static func start(on store: TansuStore? = nil) async throws -> TansuBroker {
        try await startingBroker { port in
            let proxy = try await TCPProxy.start(upstreamPort: port, refusesFlexibleApiVersions: true)
            let broker = try TansuBroker(proxy: proxy, port: port, store: store)
            do {
                try await broker.becomeReady()
                return broker
            } catch {
                await broker.stop()
                throw error
            }
        }
    }

    /// Starts, runs `body`, and leaves no process behind on any path.
    package static func with<R>(
        on store: TansuStore? = nil, _ body: (TansuBroker) async throws -> R
    ) async throws -> R {
        try await withBroker(try await Self.start(on: store), body)
    }

    /// SIGKILL, and a start with what the store has, on the same port and behind the same proxy. Returns when it
    /// answers.
    ///
    /// It stores a producer's sequence number before the records themselves: killed between the two it takes the
    /// producer's next attempt for a double and acknowledges it, and the records are nowhere. So nothing reaches it
    /// from here on, and it dies once what it had taken is in the store. Its answers are lost: clients cannot know, and
    /// send all of it again.
    ///
    /// - Parameter pause: how long nobody is there.
    package func restart(after pause: Duration = .zero) async throws {
        guard self.store != nil else { throw ChildProcess.Failure("it keeps everything in memory") }
        try await self.proxy.setBlackHole(true)
        try await ContinuousClock().sleep(for: Self.settling)
        await self.child.withLock { $0 }.kill()
        try await self.proxy.takeDown()
        try await ContinuousClock().sleep(for: pause)
        let child = try Self.launch(self.port, self.proxy.port, self.store, self.directory)
        self.child.withLock { $0 = child }
        try await self.proxy.heal()
        try await self.becomeReady()
    }

    package func stop() async {
        await self.child.withLock { $0 }.kill()
        await self.proxy.stop()
        try? FileManager.default.removeItem(at: self.directory)
    }

    private func becomeReady() async throws {
        let child = self.child.withLock { $0 }
        try await child.answersKafka(port: self.proxy.port)
    }

    private static func launch(
        _ port: Int, _ advertisedPort: Int, _ store: TansuStore?, _ directory: URL
    ) throws -> ChildProcess {
        try ChildProcess(
            executable: try ServiceFiles.program("tansu"),
            arguments: [
                "--listener-url", "tcp://127.0.0.1:\(port)",
                "--advertised-listener-url", "tcp://127.0.0.1:\(advertisedPort)",
                "--storage-engine", store?.url ?? "memory://tansu/",
            ],
            outputFile: directory.appendingPathComponent("output-\(UUID().uuidString).txt"),
            environment: store?.environment ?? [:], leash: Leash(scratch: directory))
    }
}
