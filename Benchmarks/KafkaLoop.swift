import Foundation
import KafkaTestKit
import ProcessKit

/// One of the loops in C of `Benchmarks/KafkaLoops`: what librdkafka itself can do with the same broker.
struct KafkaLoop {
    private struct Report: Decodable {
        var records: Int
        var recordsPerSecond: Double
    }

    /// Runs one to its end and gives its records a second.
    /// - Throws: ``ChildProcess/Failure`` where it is not built, fails, or moved another number of records.
    static func run(
        _ name: String, _ arguments: [String], records: Int, _ context: BenchmarkContext
    ) async throws -> Double {
        let output = context.directory.appendingPathComponent("loop-\(UUID().uuidString).txt")
        let child = try ChildProcess(
            executable: try ServiceFiles.program("loop-\(name)"), arguments: arguments, outputFile: output)
        let status = try await child.end(within: .seconds(600))
        let line = child.output().split(separator: "\n").last { $0.hasPrefix("{") } ?? ""
        guard status == 0, let report = try? JSONDecoder().decode(Report.self, from: Data(line.utf8)),
            report.records == records
        else { throw ChildProcess.Failure("the loop \(name) ended with \(status): \(child.outputTail())") }
        return report.recordsPerSecond
    }
}
