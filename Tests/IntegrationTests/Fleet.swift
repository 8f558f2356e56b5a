import Foundation
import KafkaTestKit
import ProcessKit
import Synchronization

/// Several replicas of the router on one cluster, each behind a network of its own.
final class Fleet: Sendable {
    private struct Member {
        let port: Int
        let network: TCPProxy
        var process: PortariumProcess?
        /// Of all its lives.
        var identifiers: [Int32] = []
    }

    /// Which connection to the sink was whose.
    private struct Connection {
        var process: Int32
        var name: String
    }

    private struct State {
        var members: [String: Member] = [:]
        var connections: [Int: Connection] = [:]
    }

    /// Partitions of the topic of events.
    static let partitions = 12
    /// How often a replica commits.
    static let commitInterval = Duration.milliseconds(500)
    /// How long a replica may be unheard of.
    let sessionTimeout: Duration
    private let brokerPort: Int
    private let directory: URL
    /// Names of instances that outlive restarts, for brokers that never forget a member.
    private let isStatic: Bool
    private let state = Mutex(State())

    private init(brokerPort: Int, directory: URL, isStatic: Bool, sessionTimeout: Duration) {
        self.brokerPort = brokerPort
        self.sessionTimeout = sessionTimeout
        self.directory = directory
        self.isStatic = isStatic
    }

    /// Runs `body` and leaves no replica behind on any path.
    static func with<R>(
        brokerPort: Int, isStatic: Bool = false, sessionTimeout: Duration, _ body: (Fleet) async throws -> R
    ) async throws -> R {
        try await withTemporaryDirectory { directory in
            let fleet = Fleet(
                brokerPort: brokerPort, directory: directory, isStatic: isStatic, sessionTimeout: sessionTimeout)
            do {
                let result = try await body(fleet)
                fleet.keepOutput()
                await fleet.end()
                return result
            } catch {
                fleet.keepOutput()
                await fleet.end()
                throw error
            }
        }
    }

    /// Where replicas are, or were.
    var ports: [Int] { self.state.withLock { $0.members.sorted { $0.key < $1.key }.map(\.value.port) } }

    /// Starts a replica, or starts it again, and returns when it is ready.
    ///
    /// - Parameter comesToStay: no: it takes its place with it when it goes.
    func start(_ name: String, comesToStay: Bool = true) async throws {
        let known = self.state.withLock { $0.members[name] }
        let member: Member
        if let known {
            member = known
        } else {
            member = Member(
                port: try await freePort(),
                network: try await TCPProxy.start(upstreamPort: self.brokerPort, portMap: nil))
        }
        self.state.withLock { $0.members[name] = member }
        let file = self.directory.appendingPathComponent("\(name).yaml")
        try Data(self.configuration(name, member.network.port, comesToStay && self.isStatic).utf8).write(to: file)
        let process = try await PortariumProcess.start(
            dataDirectory: self.directory.appendingPathComponent(name), port: member.port,
            arguments: ["--config", file.path])
        self.state.withLock { state in
            state.members[name]?.process = process
            state.members[name]?.identifiers.append(process.identifier)
        }
    }

    private func configuration(_ name: String, _ brokerPort: Int, _ isStatic: Bool) -> String {
        """
        log:
          partitions: \(Self.partitions)
        dispatch:
          commitIntervalMilliseconds: \(Self.commitInterval.wholeMilliseconds)
          circuitOpenDelayMinMilliseconds: 50
          circuitOpenDelayMaxMilliseconds: 200
        kafka:
          brokers: ["127.0.0.1:\(brokerPort)"]
          clientId: \(name)
          \(isStatic ? "instanceId: \(name)" : "createTopics: true")
          sessionTimeoutMilliseconds: \(self.sessionTimeout.wholeMilliseconds)
          requestTimeoutMilliseconds: 2000
          deliveryTimeoutMilliseconds: 4000
          properties: ["max.poll.interval.ms=\(3 * self.sessionTimeout.wholeMilliseconds)"]
        """
    }

    /// Returns when a replica that was started has partitions.
    func takesPart(_ name: String) async throws {
        let process = try self.process(name)
        try await eventually("\(name) has partitions", within: .seconds(30), every: .milliseconds(100)) {
            process.output().split(separator: "\n").contains {
                $0.contains("\"partitions came\"") && !$0.contains("\"partitions\":\"0\"")
            }
        }
    }

    /// A replica that runs.
    /// - Throws: ``ChildProcess/Failure`` where it does not.
    func process(_ name: String) throws -> PortariumProcess {
        guard let process = self.state.withLock({ $0.members[name]?.process }) else {
            throw ChildProcess.Failure("no replica \(name) runs")
        }
        return process
    }

    /// All that were started, by name.
    var processes: [(name: String, process: PortariumProcess)] {
        self.state.withLock { state in
            state.members.sorted { $0.key < $1.key }.compactMap { member in
                member.value.process.map { (member.key, $0) }
            }
        }
    }

    /// The network between a replica and the brokers.
    func network(_ name: String) throws -> TCPProxy {
        guard let member = self.state.withLock({ $0.members[name] }) else {
            throw ChildProcess.Failure("there is no replica \(name)")
        }
        return member.network
    }

    /// Whose the connection from `port` is; nil where that cannot be told.
    func name(at port: Int) -> String? {
        self.state.withLock { state in
            let running = state.members.compactMapValues {
                $0.process?.isRunning ?? false ? $0.process?.identifier : nil
            }
            if let known = state.connections[port], running[known.name] == known.process { return known.name }
            guard let process = SocketOwner.process(at: port, among: Array(running.values)),
                let name = running.first(where: { $0.value == process })?.key
            else { return nil }
            state.connections[port] = Connection(process: process, name: name)
            return name
        }
    }

    /// Keeps what the replicas wrote, where `FLEET_OUTPUT` names a directory.
    private func keepOutput() {
        guard let kept = ProcessInfo.processInfo.environment["FLEET_OUTPUT"] else { return }
        let files = (try? FileManager.default.contentsOfDirectory(atPath: self.directory.path)) ?? []
        for file in files where file.hasSuffix(".txt") {
            try? FileManager.default.copyItem(
                at: self.directory.appendingPathComponent(file),
                to: URL(fileURLWithPath: kept).appendingPathComponent(file))
        }
    }

    private func end() async {
        let members = self.state.withLock { $0.members.values }
        for member in members {
            await member.process?.kill()
            await member.network.stop()
        }
    }
}

extension Duration {
    var wholeMilliseconds: Int64 {
        self.components.seconds * 1_000 + self.components.attoseconds / 1_000_000_000_000_000
    }
}
