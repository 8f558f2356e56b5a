import Foundation

/// The router as users run it: `portarium serve`, a child process, met over HTTP and signals alone.
package final class PortariumProcess: Sendable {
    package let port: Int
    private let child: ChildProcess

    package var client: RouterClient { RouterClient(port: self.port) }
    package var identifier: Int32 { self.child.identifier }
    package var isRunning: Bool { self.child.isRunning }

    private init(child: ChildProcess, port: Int) {
        self.child = child
        self.port = port
    }

    /// Starts the router and returns when it says that it is ready.
    ///
    /// What it writes goes to files beside `dataDirectory`. `PORTARIUM_BINARY` in the environment names another binary
    /// than the one that was built with the caller.
    package static func start(
        dataDirectory: URL, port: Int? = nil, arguments: [String] = []
    ) async throws -> PortariumProcess {
        let port = if let port { port } else { try await freePort() }
        let named = ProcessInfo.processInfo.environment["PORTARIUM_BINARY"].map { URL(fileURLWithPath: $0) }
        let executable = if let named { named } else { try ChildProcess.product(named: "portarium") }
        let child = try ChildProcess(
            executable: executable,
            arguments: ["serve", "--listen", "127.0.0.1:\(port)", "--data-dir", dataDirectory.path] + arguments,
            outputFile: dataDirectory.appendingPathExtension("\(UUID().uuidString).txt"))
        do {
            try await child.becomeReady(port: port, path: "/readyz")
        } catch {
            await child.kill()
            throw error
        }
        return PortariumProcess(child: child, port: port)
    }

    /// Starts, runs `body`, and leaves no process behind on any path.
    package static func with<R>(
        dataDirectory: URL, port: Int? = nil, arguments: [String] = [],
        _ body: (PortariumProcess) async throws -> R
    ) async throws -> R {
        let process = try await Self.start(dataDirectory: dataDirectory, port: port, arguments: arguments)
        do {
            let result = try await body(process)
            await process.kill()
            return result
        } catch {
            await process.kill()
            throw error
        }
    }

    /// SIGKILL: no chance to write anything. Returns when the process is gone.
    package func kill() async {
        await self.child.kill()
    }

    /// SIGSTOP: it is there and does nothing, until ``resume()``.
    package func pause() {
        self.child.pause()
    }

    /// SIGCONT.
    package func resume() {
        self.child.resume()
    }

    /// SIGTERM: the router drains. Returns its exit code.
    package func terminate(within limit: Duration = .seconds(60)) async throws -> Int32 {
        try await self.child.terminate(within: limit)
    }

    /// All that it wrote so far.
    package func output() -> String {
        self.child.output()
    }

    /// The last lines it wrote.
    package func errorTail() -> String {
        self.child.outputTail()
    }
}
