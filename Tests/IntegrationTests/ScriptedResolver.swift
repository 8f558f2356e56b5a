import Foundation
import NIOCore
import NIOPosix
import ProcessKit
import Synchronization

/// A DNS server whose answers a test changes as it goes, and a router that asks nobody else.
///
/// The router runs in a mount namespace of its own, with another `/etc/resolv.conf`: the system's files stay as they
/// are.
final class ScriptedResolver: Sendable {
    /// The addresses of a name, from the number of times that it was asked for before.
    typealias Script = @Sendable (_ name: String, _ asked: Int) -> [String]

    /// Some address of loopback: resolvers ask at port 53 only, and nobody else listens there.
    private static let address = "127.5.3.53"
    private static let unshare = "/usr/bin/unshare"

    /// Whether there can be one here.
    static var isPossible: Bool {
        get async {
            guard geteuid() == 0, FileManager.default.isExecutableFile(atPath: Self.unshare) else { return false }
            let ending = try? await withTemporaryDirectory { directory in
                try await ChildProcess(
                    executable: URL(fileURLWithPath: Self.unshare),
                    arguments: ["--mount", "mount", "--bind", "/etc/hosts", "/etc/resolv.conf"],
                    outputFile: directory.appendingPathComponent("trial.txt")
                ).end(within: .seconds(30))
            }
            return ending == 0
        }
    }

    private final class Answers: Sendable {
        private struct State {
            var script: Script = { _, _ in [] }
            var asked: [String: Int] = [:]
        }

        private let state = Mutex(State())

        func set(_ script: @escaping Script) {
            self.state.withLock { $0 = State(script: script) }
        }

        func addresses(of name: String) -> [String] {
            self.state.withLock { state in
                let asked = state.asked[name, default: 0]
                state.asked[name] = asked + 1
                return state.script(name, asked)
            }
        }
    }

    private let answers: Answers
    private let directory: URL

    private init(answers: Answers, directory: URL) {
        self.answers = answers
        self.directory = directory
    }

    /// Answers while `body` runs. Files go to `directory`.
    static func with<R>(in directory: URL, _ body: (ScriptedResolver) async throws -> R) async throws -> R {
        let answers = Answers()
        let server = try await DatagramBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(.socketOption(.so_reuseaddr), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(answers: answers))
                }
            }
            .bind(host: Self.address, port: 53).get()
        do {
            try Data("nameserver \(Self.address)\noptions timeout:1\n".utf8)
                .write(to: directory.appendingPathComponent("resolv.conf"))
            let result = try await body(ScriptedResolver(answers: answers, directory: directory))
            try await server.close()
            return result
        } catch {
            try? await server.close()
            throw error
        }
    }

    /// What names mean from now on; counts begin anew.
    func answer(_ script: @escaping Script) {
        self.answers.set(script)
    }

    /// A router that resolves here.
    ///
    /// - Parameter environment: Settings.
    /// - Parameter authority: The only certificate authority that it knows, PEM.
    func withRouter<R>(
        environment: [String: String], authority: String? = nil,
        _ body: (RouterClient, ChildProcess) async throws -> R
    ) async throws -> R {
        let port = try await freePort()
        let authorities = "/etc/ssl/certs/ca-certificates.crt"
        let mounts =
            ["mount --bind '\(self.directory.path)/resolv.conf' /etc/resolv.conf"]
            + (authority.map { ["mount --bind '\($0)' \(authorities)"] } ?? [])
        let child = try ChildProcess(
            executable: URL(fileURLWithPath: Self.unshare),
            arguments: [
                "--mount", "sh", "-c", (mounts + ["exec \"$@\""]).joined(separator: " && "), "sh",
                try ChildProcess.product(named: "portarium").path, "serve", "--listen", "127.0.0.1:\(port)",
                "--data-dir", self.directory.appendingPathComponent("data").path, "--log-format", "json",
            ],
            outputFile: self.directory.appendingPathComponent("router.txt"), environment: environment)
        do {
            try await child.becomeReady(port: port, path: "/readyz")
            let result = try await body(RouterClient(port: port), child)
            await child.kill()
            return result
        } catch {
            await child.kill()
            throw error
        }
    }

    /// One question a datagram (RFC 1035, section 4): `A` is answered from the script, all else with nothing.
    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        typealias OutboundOut = AddressedEnvelope<ByteBuffer>

        private let answers: Answers

        init(answers: Answers) {
            self.answers = answers
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = self.unwrapInboundIn(data)
            guard let answer = self.answer(to: envelope.data) else { return }
            context.writeAndFlush(
                self.wrapOutboundOut(AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: answer)),
                promise: nil)
        }

        private func answer(to datagram: ByteBuffer) -> ByteBuffer? {
            var datagram = datagram
            guard let id = datagram.readInteger(as: UInt16.self), datagram.readSlice(length: 10) != nil else {
                return nil
            }
            var question = datagram
            var labels: [String] = []
            while let length = datagram.readInteger(as: UInt8.self), length > 0 {
                guard let label = datagram.readString(length: Int(length)) else { return nil }
                labels.append(label)
            }
            guard let type = datagram.readInteger(as: UInt16.self), datagram.readInteger(as: UInt16.self) != nil,
                let questionBytes = question.readSlice(length: datagram.readerIndex - question.readerIndex)
            else { return nil }
            let addresses = type == 1 ? self.answers.addresses(of: labels.joined(separator: ".").lowercased()) : []
            var answer = ByteBuffer()
            // A response of one question and so many answers, recursion available.
            for number in [id, 0x8180, 1, UInt16(addresses.count), 0, 0] { answer.writeInteger(number) }
            answer.writeImmutableBuffer(questionBytes)
            for address in addresses {
                // The name of the question, A, IN, no time to live, four bytes.
                for number: UInt16 in [0xc00c, 1, 1, 0, 0, 4] { answer.writeInteger(number) }
                answer.writeBytes(address.split(separator: ".").compactMap { UInt8($0) })
            }
            return answer
        }
    }
}
