import Foundation

/// A program that runs beside this one, with its output in a file, and is gone before its owner is.
package final class ChildProcess: Sendable {
    /// It ended before it was wanted, or did not end when it was told to.
    package struct Failure: Error, CustomStringConvertible {
        package var description: String

        package init(_ description: String) {
            self.description = description
        }
    }

    private let process: SpawnedProgram
    private let outputFile: URL
    private let leash: Leash?

    package var identifier: Int32 { self.process.identifier }
    package var isRunning: Bool { self.process.ending == nil }

    /// Starts it. Standard output and standard error go to `outputFile`.
    ///
    /// - Parameter environment: Added to that of this process.
    /// - Parameter leash: Ends the program with this process. It takes the place of `standardInput`.
    package init(
        executable: URL, arguments: [String], outputFile: URL, environment: [String: String] = [:],
        standardInput: FileHandle = .nullDevice, leash: Leash? = nil
    ) throws {
        try Data().write(to: outputFile)
        let output = try FileHandle(forWritingTo: outputFile)
        defer { try? output.close() }
        self.outputFile = outputFile
        self.leash = leash
        let command = leash?.command(executable, arguments) ?? (executable, arguments)
        // A crash that prints its own backtrace keeps the process alive for minutes.
        let variables = ProcessInfo.processInfo.environment
            .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
            .merging(leash?.environment ?? [:]) { $1 }
            .merging(environment) { $1 }
        self.process = try SpawnedProgram(
            command.0.path, command.1, environment: variables,
            input: (leash?.end ?? standardInput).fileDescriptor, output: output.fileDescriptor)
    }

    /// The folder of the running program, where its siblings are.
    package static func product(named name: String) throws -> URL {
        var directory = (Bundle.main.executableURL ?? URL(fileURLWithPath: CommandLine.arguments[0]))
            .resolvingSymlinksInPath().deletingLastPathComponent()
        while directory.path != "/" {
            let candidate = directory.appendingPathComponent(name)
            var isDirectory: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isDirectory)
            if exists, !isDirectory.boolValue { return candidate }
            directory.deleteLastPathComponent()
        }
        throw Failure("no \(name) beside this program; it is built by `swift build --product \(name)`")
    }

    /// Returns when `path` on `port` is answered with 200. A program that ends before is a failure.
    package func becomeReady(port: Int, path: String, within limit: Duration = .seconds(60)) async throws {
        let client = RouterClient(port: port)
        try await eventually("\(path) on port \(port)", within: limit) {
            guard self.isRunning else { throw Failure("it ended before it was ready: \(self.outputTail())") }
            return (try? await client.send("GET", path))?.status == 200
        }
    }

    /// SIGKILL: no chance to write anything. Returns when the process is gone.
    package func kill() async {
        guard self.isRunning else { return }
        _ = Foundation.kill(self.identifier, SIGKILL)
        // Not cancellable: the process must be gone whatever happened before.
        for _ in 0..<10_000 where self.isRunning {
            await Task.yield()
            usleep(1_000)
        }
        self.leash?.release()
    }

    /// SIGSTOP: it is there and does nothing, until ``resume()``.
    package func pause() {
        _ = Foundation.kill(self.identifier, SIGSTOP)
    }

    /// SIGCONT.
    package func resume() {
        _ = Foundation.kill(self.identifier, SIGCONT)
    }

    /// SIGTERM: the program drains. Returns its exit code.
    package func terminate(within limit: Duration = .seconds(60)) async throws -> Int32 {
        _ = Foundation.kill(self.identifier, SIGTERM)
        return try await self.end(within: limit)
    }

    /// Waits until it ends by itself. Returns its exit code.
    package func end(within limit: Duration) async throws -> Int32 {
        try await eventually("the end of process \(self.identifier)", within: limit) { !self.isRunning }
        self.leash?.release()
        switch self.process.ending {
        case .exit(let code): return code
        case .signal(let number): throw Failure("ended by signal \(number): \(self.outputTail())")
        case nil: throw Failure("it does not end")
        }
    }

    /// All that it wrote so far.
    package func output() -> String {
        (try? String(contentsOf: self.outputFile, encoding: .utf8)) ?? ""
    }

    /// The last lines it wrote.
    package func outputTail() -> String {
        self.output().split(separator: "\n").suffix(20).joined(separator: "\n")
    }
}
