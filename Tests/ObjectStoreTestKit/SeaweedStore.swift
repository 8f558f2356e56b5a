import AsyncHTTPClient
import Foundation
import KafkaTestKit
import NIOCore
import NIOHTTP1
import ProcessKit

/// SeaweedFS in one process with one bucket: an object store that speaks S3 and checks signatures.
///
/// Nothing of it is left when this process ends, in whatever way. Beside S3, tests reach the objects through its filer,
/// which wants no signature.
package final class SeaweedStore: Sendable {
    package static let bucket = "portarium"
    package static let accessKeyID = "test-key-id"
    package static let secretAccessKey = "test-secret-0123456789"

    /// One process serves eight ports that lie together.
    private static let ports = 8
    private static let filerOffset = 6

    package let port: Int
    private let directory: URL
    private let child: ChildProcess

    package var endpoint: String { "http://127.0.0.1:\(self.port)" }
    private var filer: String { "http://127.0.0.1:\(self.port + Self.filerOffset)/buckets/\(Self.bucket)/" }

    /// Why it cannot be started here; nil where it can. Once the script went through here nothing is excused any more.
    package static var absence: String? {
        if ServiceFiles.areInstalled { return nil }
        guard (try? ServiceFiles.program("weed")) == nil else { return nil }
        return "SeaweedFS is not installed here: scripts/test-services.sh could not do it"
    }

    private init(port: Int, directory: URL) throws {
        self.port = port
        self.directory = directory
        let identities = """
            {"identities":[{"name":"test","credentials":[{"accessKey":"\(Self.accessKeyID)",
            "secretKey":"\(Self.secretAccessKey)"}],"actions":["Admin","Read","Write","List","Tagging"]}]}
            """
        try Data(identities.utf8).write(to: directory.appendingPathComponent("s3.json"))
        self.child = try Self.launch(port: port, directory: directory)
    }

    /// Starts one on free ports of 127.0.0.1 and returns when it serves the bucket.
    /// - Throws: ``ChildProcess/Failure`` where it is not installed or does not come up.
    package static func start() async throws -> SeaweedStore {
        var last: (any Error)?
        for _ in 0..<3 {
            let directory = FileManager.default.temporaryDirectory.appendingPathComponent("weed-\(UUID().uuidString)")
            try FileManager.default.createDirectory(
                at: directory.appendingPathComponent("data"), withIntermediateDirectories: true)
            let store = try SeaweedStore(port: try await Self.freePorts(), directory: directory)
            do {
                try await store.becomeReady()
                return store
            } catch {
                last = error
                await store.stop()
            }
        }
        throw last ?? ChildProcess.Failure("SeaweedFS does not start")
    }

    /// Starts, runs `body`, and leaves no process behind on any path.
    package static func with<R>(_ body: (SeaweedStore) async throws -> R) async throws -> R {
        let store = try await Self.start()
        do {
            let result = try await body(store)
            await store.stop()
            return result
        } catch {
            await store.stop()
            throw error
        }
    }

    /// SIGSTOP: it is there and says nothing.
    package func pause() { _ = Foundation.kill(self.child.identifier, SIGSTOP) }

    /// SIGCONT.
    package func resume() { _ = Foundation.kill(self.child.identifier, SIGCONT) }

    /// SIGKILL, and nothing is left.
    package func stop() async {
        await self.child.kill()
        try? FileManager.default.removeItem(at: self.directory)
    }

    /// The bytes of an object; nil where there is none.
    package func object(_ key: String) async throws -> [UInt8]? {
        let answer = try await Self.call(.GET, self.filer + key)
        return answer.status == 200 ? answer.body : nil
    }

    /// Puts an object, or puts another in its place.
    package func put(_ key: String, _ bytes: [UInt8]) async throws {
        let answer = try await Self.call(.PUT, self.filer + key, body: bytes)
        guard answer.status == 201 || answer.status == 200 else {
            throw ChildProcess.Failure("the filer answers \(answer.status)")
        }
    }

    /// Takes an object away.
    package func delete(_ key: String) async throws {
        let answer = try await Self.call(.DELETE, self.filer + key)
        guard answer.status == 204 else { throw ChildProcess.Failure("the filer answers \(answer.status)") }
    }

    private func becomeReady() async throws {
        try await eventually("SeaweedFS on port \(self.port)", within: .seconds(60)) {
            guard self.child.isRunning else {
                throw ChildProcess.Failure("it ended: \(self.child.outputTail())")
            }
            // 409: it was made the time before.
            guard let made = try? await Self.call(.POST, self.filer), [201, 409].contains(made.status) else {
                return false
            }
            // Without a signature the S3 side refuses, and a write through the filer needs a volume.
            guard (try? await Self.call(.GET, self.endpoint + "/" + Self.bucket))?.status == 403 else { return false }
            return (try? await Self.call(.PUT, self.filer + "ready", body: [1]))?.status == 201
        }
    }

    private static func call(
        _ method: HTTPMethod, _ url: String, body: [UInt8]? = nil
    ) async throws -> (status: Int, body: [UInt8]) {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let body { request.body = .bytes(body) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return (Int(response.status.code), Array(bytes.readableBytesView))
    }

    private static func freePorts() async throws -> Int {
        for _ in 0..<50 {
            let first = try await freePort()
            var isFree = first + Self.ports < 32_000
            for port in first + 1..<first + Self.ports where isFree { isFree = await Self.isFree(port) }
            if isFree { return first }
        }
        throw ChildProcess.Failure("no eight free ports lie together")
    }

    private static func launch(port: Int, directory: URL) throws -> ChildProcess {
        try ChildProcess(
            executable: try ServiceFiles.program("weed"),
            arguments: [
                "server", "-dir=\(directory.appendingPathComponent("data").path)", "-ip=127.0.0.1",
                "-ip.bind=127.0.0.1", "-s3", "-s3.config=\(directory.appendingPathComponent("s3.json").path)",
                "-s3.port=\(port)", "-s3.port.grpc=\(port + 1)", "-master.port=\(port + 2)",
                "-master.port.grpc=\(port + 3)", "-volume.port=\(port + 4)", "-volume.port.grpc=\(port + 5)", "-filer",
                "-filer.port=\(port + Self.filerOffset)", "-filer.port.grpc=\(port + 7)", "-volume.max=20",
                "-master.volumeSizeLimitMB=64", "-s3.iam=false", "-s3.port.iceberg=0", "-s3.port.lance=0",
                "-master.telemetry=false",
            ],
            outputFile: directory.appendingPathComponent("output-\(UUID().uuidString).txt"),
            leash: Leash(scratch: directory))
    }
}
