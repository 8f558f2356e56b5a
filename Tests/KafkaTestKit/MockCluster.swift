import Foundation
import ProcessKit
import Synchronization

/// librdkafka's mock cluster as a process of its own: several brokers, and failures at will. It keeps nothing on disk.
///
/// Its brokers are numbered from 1. Commands are carried out in order, one at a time; each returns when it has taken
/// effect.
package final class MockCluster: KafkaBroker {
    package let kind = BrokerKind.mockCluster
    package let bootstrap: String
    private let child: ChildProcess
    private let directory: URL
    /// Both ends, so that a write to a cluster that died is an error and no signal.
    private let input: Pipe
    /// Answers that were waited for. One command at a time: the lock is held while its line is written.
    private let commands = Mutex(0)

    private init(child: ChildProcess, directory: URL, input: Pipe, bootstrap: String) {
        self.child = child
        self.directory = directory
        self.input = input
        self.bootstrap = bootstrap
    }

    /// Starts a cluster of this many brokers and returns when they listen.
    ///
    /// - Throws: ``ChildProcess/Failure`` where it is not installed or ends at once.
    package static func start(brokers: Int = 3) async throws -> MockCluster {
        let program = try ServiceFiles.program("mock-cluster")
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("mock-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        // The end of its standard input is the end of it, so it needs no leash: only this process holds the other end.
        let input = Pipe()
        _ = fcntl(input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        let child = try ChildProcess(
            executable: program, arguments: ["\(brokers)"], outputFile: directory.appendingPathComponent("output.txt"),
            standardInput: input.fileHandleForReading)
        do {
            let bootstrap = try await eventually("the mock cluster") { () -> String? in
                guard child.isRunning else { throw ChildProcess.Failure("it ended: \(child.outputTail())") }
                return Self.lines(of: child).first { $0.hasPrefix("READY ") }.map { String($0.dropFirst(6)) }
            }
            return MockCluster(
                child: child, directory: directory, input: input, bootstrap: bootstrap)
        } catch {
            await child.kill()
            throw error
        }
    }

    /// Starts, runs `body`, and leaves no process behind on any path.
    package static func with<R>(brokers: Int = 3, _ body: (MockCluster) async throws -> R) async throws -> R {
        try await withBroker(try await Self.start(brokers: brokers), body)
    }

    package func createTopic(_ name: String, partitions: Int) async throws {
        try await self.command("topic \(name) \(partitions)")
    }

    /// The next `count` requests of this kind, at most 1,024, are answered with `code` of Kafka's protocol.
    package func fail(_ request: Request, code: Int, count: Int = 1) async throws {
        try await self.command("error \(request.rawValue) \(code) \(count)")
    }

    /// Metadata says so of the topic from now on; 0 ends it.
    package func setError(ofTopic topic: String, code: Int) async throws {
        try await self.command("topic-error \(topic) \(code)")
    }

    /// The broker closes its connections and takes none.
    package func takeDown(broker: Int) async throws {
        try await self.command("down \(broker)")
    }

    package func bringUp(broker: Int) async throws {
        try await self.command("up \(broker)")
    }

    /// Every answer of the broker takes so long.
    package func setDelay(ofBroker broker: Int, milliseconds: Int) async throws {
        try await self.command("delay \(broker) \(milliseconds)")
    }

    /// Moves a partition to another broker; nil: it has no leader.
    package func setLeader(ofTopic topic: String, partition: Int, broker: Int?) async throws {
        try await self.command("leader \(topic) \(partition) \(broker ?? -1)")
    }

    /// Moves the coordinator of a group.
    package func setCoordinator(ofGroup group: String, broker: Int) async throws {
        try await self.command("coordinator group \(group) \(broker)")
    }

    /// Moves the coordinator of a transactional id.
    package func setCoordinator(ofTransactions transactionalID: String, broker: Int) async throws {
        try await self.command("coordinator transaction \(transactionalID) \(broker)")
    }

    /// The versions of a request that the brokers offer; nil: they do not know it.
    package func setVersions(of request: Request, _ versions: ClosedRange<Int>?) async throws {
        try await self.command(
            "versions \(request.rawValue) \(versions?.lowerBound ?? -1) \(versions?.upperBound ?? -1)")
    }

    package func stop() async {
        try? self.input.fileHandleForWriting.close()
        await self.child.kill()
        try? FileManager.default.removeItem(at: self.directory)
    }

    private func command(_ line: String) async throws {
        let index = try self.commands.withLock { count in
            try self.input.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8))
            count += 1
            return count - 1
        }
        let answer = try await eventually("the answer to \(line)", every: .milliseconds(2)) { () -> Substring? in
            guard self.child.isRunning else { throw ChildProcess.Failure("the mock cluster ended") }
            let answers = Self.lines(of: self.child).filter { $0 == "OK" || $0.hasPrefix("ERR ") }
            return answers.count > index ? answers[index] : nil
        }
        guard answer == "OK" else { throw ChildProcess.Failure("\(line): \(answer)") }
    }

    /// Whole lines only: the last one may still be being written.
    private static func lines(of child: ChildProcess) -> [Substring] {
        let output = child.output()
        guard let end = output.lastIndex(of: "\n") else { return [] }
        return output[..<end].split(separator: "\n")
    }
}
