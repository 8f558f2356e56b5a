import Foundation
import ProcessKit

/// The Python programs in `Tests/KafkaPrograms`: producers and consumers that know nothing of Portarium.
package enum PythonProgram {
    /// Writes events with the CloudEvents SDK for Python. Returns what was written, in the order of acknowledgement.
    ///
    /// - Parameter mode: `binary`, `structured`, `mixed`, or `junk`: records that are no events.
    package static func produceEvents(
        _ count: Int, to topic: String, of broker: String, mode: String, prefix: String = "python"
    ) async throws -> [JSONValue] {
        try await Self.run("produce-events.py", [broker, topic, "\(count)", mode, prefix])
    }

    /// Reads the first records of a topic as the SDK understands them.
    /// - Throws: ``ChildProcess/Failure`` where there are fewer within the limit.
    package static func readEvents(
        _ count: Int, from topic: String, of broker: String, withinSeconds limit: Int = 30
    ) async throws -> [JSONValue] {
        try await Self.run("read-events.py", [broker, topic, "\(count)", "\(limit)"])
    }

    /// Runs a program to its end. Returns the JSON that it printed, line by line.
    /// - Throws: ``ChildProcess/Failure`` with its last words where it failed.
    package static func run(
        _ name: String, _ arguments: [String], within limit: Duration = .seconds(120)
    ) async throws -> [JSONValue] {
        try await withTemporaryDirectory { directory in
            let child = try ChildProcess(
                executable: ServiceFiles.python, arguments: [ServiceFiles.script(name).path] + arguments,
                outputFile: directory.appendingPathComponent("output.txt"), leash: Leash())
            do {
                let status = try await child.end(within: limit)
                guard status == 0 else { throw ChildProcess.Failure("\(name): \(child.outputTail())") }
            } catch {
                await child.kill()
                throw error
            }
            return try child.output().split(separator: "\n").filter { $0.hasPrefix("{") }
                .map { try JSONValue.parsing(Array($0.utf8)) }
        }
    }
}
