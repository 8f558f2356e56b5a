import Foundation
import ProcessKit
import Synchronization

/// noida, a Kafka broker in one process that keeps its data in a file: the main broker of the tests.
///
/// It writes its file about two seconds after a change and on SIGTERM; ``settle()`` waits for that. Nothing of it is
/// left when this process ends, in whatever way.
package final class NoidaBroker: KafkaBroker {
    package let kind = BrokerKind.noida
    package let port: Int
    private let directory: URL
    private let child: Mutex<ChildProcess>

    package var bootstrap: String { "127.0.0.1:\(self.port)" }
    package var isRunning: Bool { self.child.withLock(\.isRunning) }

    private init(port: Int, directory: URL) throws {
        self.port = port
        self.directory = directory
        self.child = Mutex(try Self.launch(port: port, directory: directory))
    }

    /// Starts a broker with a directory of its own, on a free port of 127.0.0.1, and returns when it answers.
    ///
    /// - Throws: ``ChildProcess/Failure`` where it is not installed or ends at once.
    package static func start() async throws -> NoidaBroker {
        try await startingBroker {
            let broker = try Self.launch(port: $0)
            try await broker.becomeReady()
            return broker
        }
    }

    /// Starts, runs `body`, and leaves no process behind on any path.
    package static func with<R>(_ body: (NoidaBroker) async throws -> R) async throws -> R {
        try await withBroker(try await Self.start(), body)
    }

    /// The broker that all tests of this process share: take topics and groups with names of your own, and never stop
    /// it.
    package static func shared() async throws -> NoidaBroker {
        let broker = try Self.common.get()
        try await broker.becomeReady()
        return broker
    }

    private static let common = Result { try NoidaBroker.launch(port: unusedPort()) }

    /// Returns when everything acknowledged so far is in the file, so that a SIGKILL takes nothing of it.
    package func settle() async throws {
        try await ContinuousClock().sleep(for: .milliseconds(2_500))
    }

    /// SIGKILL: what it had not written yet is lost.
    package func kill() async {
        await self.child.withLock { $0 }.kill()
    }

    /// SIGSTOP: it is there and says nothing.
    package func pause() {
        _ = Foundation.kill(self.child.withLock(\.identifier), SIGSTOP)
    }

    /// SIGCONT.
    package func resume() {
        _ = Foundation.kill(self.child.withLock(\.identifier), SIGCONT)
    }

    /// Ends it, by SIGTERM where it still runs, and starts it again on the same port with what it kept.
    package func restart() async throws {
        let before = self.child.withLock { $0 }
        if before.isRunning { _ = try? await before.terminate() }
        await before.kill()
        let after = try Self.launch(port: self.port, directory: self.directory)
        self.child.withLock { $0 = after }
        try await self.becomeReady()
    }

    package func stop() async {
        await self.kill()
        try? FileManager.default.removeItem(at: self.directory)
    }

    private func becomeReady() async throws {
        let child = self.child.withLock { $0 }
        try await child.answersKafka(port: self.port)
    }

    private static func launch(port: Int) throws -> NoidaBroker {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("noida-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        return try NoidaBroker(port: port, directory: directory)
    }

    private static func launch(port: Int, directory: URL) throws -> ChildProcess {
        try ChildProcess(
            executable: try ServiceFiles.program("noida"),
            arguments: [
                "start", "--data-dir", directory.appendingPathComponent("data").path, "--host", "127.0.0.1", "--only",
                "kafka", "--kafka-port", "\(port)",
            ],
            outputFile: directory.appendingPathComponent("output-\(UUID().uuidString).txt"),
            leash: Leash(scratch: directory))
    }
}
