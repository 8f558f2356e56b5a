import Foundation
import ProcessKit
import Synchronization

/// A router that wants keys, over its lives.
final class SecuredRouter: Sendable {
    /// A key as it was shown.
    struct Key: Sendable {
        var id: String
        var text: String
    }

    /// How a command ended, and all that it wrote.
    struct Outcome: Sendable {
        var exitCode: Int32
        var output: String
    }

    let data: URL
    let bootstrap: String
    /// Its settings.
    let file: URL
    private let process = Mutex<PortariumProcess?>(nil)
    private let past = Mutex("")

    private init(_ directory: URL, bootstrap: String) {
        self.data = directory.appendingPathComponent("data")
        self.file = directory.appendingPathComponent("portarium.yaml")
        self.bootstrap = bootstrap
    }

    /// Runs `body` with a router in a directory, and leaves no process behind on any path.
    static func with<R>(
        in directory: URL, settings: String = "", access: String = "",
        bootstrap: String = UUID().uuidString + UUID().uuidString,
        hasBootstrapKey: Bool = true, _ body: (SecuredRouter) async throws -> R
    ) async throws -> R {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let router = SecuredRouter(directory, bootstrap: bootstrap)
        let key = directory.appendingPathComponent("key")
        try Data((bootstrap + "\n").utf8).write(to: key)
        let keyFile = hasBootstrapKey ? "  bootstrapKeyFile: \"\(key.path)\"\n" : ""
        let text = "auth:\n  mode: required\n\(keyFile)\(access)\n\(settings)\n"
        try Data(text.utf8).write(to: router.file)
        do {
            try await router.start()
            let result = try await body(router)
            try await router.stop()
            return result
        } catch {
            await router.process.withLock { $0 }?.kill()
            throw error
        }
    }

    /// The same in a directory that is gone afterwards.
    static func with<R>(
        settings: String = "", access: String = "", hasBootstrapKey: Bool = true,
        _ body: (SecuredRouter) async throws -> R
    ) async throws -> R {
        try await withTemporaryDirectory { directory in
            try await Self.with(
                in: directory, settings: settings, access: access, hasBootstrapKey: hasBootstrapKey, body)
        }
    }

    func start() async throws {
        let process = try await PortariumProcess.start(
            dataDirectory: self.data, arguments: ["--config", self.file.path])
        self.process.withLock { $0 = process }
    }

    func stop() async throws {
        guard let process = self.process.withLock({ $0 }), process.isRunning else { return }
        _ = try await process.terminate()
        self.past.withLock { $0 += process.output() }
        self.process.withLock { $0 = nil }
    }

    func restart() async throws {
        try await self.stop()
        try await self.start()
    }

    var port: Int { self.process.withLock { $0?.port } ?? 0 }
    var client: RouterClient { RouterClient(port: self.port) }
    var url: String { "http://127.0.0.1:\(self.process.withLock { $0?.port } ?? 0)" }

    /// What it wrote in all its lives.
    func output() -> String { self.past.withLock { $0 } + (self.process.withLock { $0 }?.output() ?? "") }

    func send(
        _ method: String, _ path: String, key: String?, tenant: String? = nil, json: String? = nil
    ) async throws -> RouterClient.Answer {
        var headers = json == nil ? [:] : ["content-type": "application/json"]
        if let key { headers["authorization"] = "Bearer \(key)" }
        if let tenant { headers["x-tenant-id"] = tenant }
        let client = RouterClient(port: self.process.withLock { $0?.port } ?? 0)
        return try await client.send(method, path, headers: headers, body: json.map { Array($0.utf8) })
    }

    func publish(_ id: String, key: String?, tenant: String? = nil) async throws -> RouterClient.Answer {
        var headers = [
            "content-type": "application/json", "ce-specversion": "1.0", "ce-id": id, "ce-source": "/s", "ce-type": "t",
        ]
        if let key { headers["authorization"] = "Bearer \(key)" }
        if let tenant { headers["x-tenant-id"] = tenant }
        let client = RouterClient(port: self.process.withLock { $0?.port } ?? 0)
        return try await client.send("POST", "/v1/events", headers: headers, body: Array("{}".utf8))
    }

    func makeKey(tenant: String, scopes: [String]) async throws -> Key {
        let names = scopes.map { "\"\($0)\"" }.joined(separator: ",")
        let answer = try await self.send(
            "POST", "/v1/keys", key: self.bootstrap, json: #"{"tenant":"\#(tenant)","scopes":[\#(names)]}"#)
        guard answer.status == 201, let id = answer.json["id"]?.string, let text = answer.json["key"]?.string else {
            throw RouterClient.Refused(call: "POST /v1/keys", answer: answer)
        }
        return Key(id: id, text: text)
    }

    /// Runs a command of the binary to its end.
    func command(_ arguments: [String]) async throws -> Outcome {
        let child = try ChildProcess(
            executable: try ChildProcess.product(named: "portarium"), arguments: arguments,
            outputFile: self.data.appendingPathExtension("\(UUID().uuidString).txt"))
        let exitCode = try await child.end(within: .seconds(60))
        return Outcome(exitCode: exitCode, output: child.output())
    }
}
