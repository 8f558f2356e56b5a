import EventLog
import Foundation
import KafkaEventLog
import KafkaTestKit
import ProcessKit

/// What Portarium's reader allocates for a batch of a thousand records, counted, librdkafka's own allocations left out,
/// compared with a batch of a hundred: a constant, not one for each record.
struct KafkaAllocationsBenchmark: Benchmark {
    private static let dataBytes = 200
    /// Of a batch of a thousand, at most; a record's worth of them would be thousands.
    private static let allocationsMax = 100.0
    let name = "kafka.consume.allocations"

    func run(_ context: BenchmarkContext) async throws -> BenchmarkResult {
        let records = context.scaled(200_000, quick: 50_000)
        return try await NoidaBroker.with { broker in
            let work = KafkaWork(brokers: broker.bootstrap, prefix: "bench", dataBytes: Self.dataBytes)
            _ = try await KafkaProduceBenchmark.loop(records, to: "full", work, context)
            let small = try await Self.count(100, broker.bootstrap, context)
            let large = try await Self.count(1_000, broker.bootstrap, context)
            Progress.say(
                "  allocations: \(BenchmarkReport.figure(small)) a batch of 100, "
                    + "\(BenchmarkReport.figure(large)) a batch of 1000")
            return .atMost(self.name, unit: "allocations/batch", value: large, required: Self.allocationsMax)
        }
    }

    private static func count(_ maxRecords: Int, _ brokers: String, _ context: BenchmarkContext) async throws -> Double
    {
        let counter = ServiceFiles.directory.appendingPathComponent("bin/libcount-allocations.so").path
        let child = try ChildProcess(
            executable: try ChildProcess.product(named: "portarium-bench"),
            arguments: ["--count-allocations", brokers, "\(maxRecords)"],
            outputFile: context.directory.appendingPathComponent("allocations-\(maxRecords).txt"),
            environment: ["LD_PRELOAD": counter])
        guard try await child.end(within: .seconds(120)) == 0, let line = child.output().split(separator: "\n").last,
            let allocations = Double(line)
        else { throw ChildProcess.Failure("allocations were not counted: \(child.outputTail())") }
        return allocations
    }
}

/// The child process of ``KafkaAllocationsBenchmark``: reads a partition twice and prints the allocations of a batch in
/// the second pass.
struct AllocationCount: Equatable {
    var brokers: String
    var maxRecords: Int

    func run() async throws {
        let work = KafkaWork(brokers: self.brokers, prefix: "bench", dataBytes: 0)
        let log = try work.open()
        let topicPartition = TopicPartition(work.topic("full"), Partition(0))
        _ = try await self.read(topicPartition, log)
        try Self.call("allocations_begin")
        let batches = try await self.read(topicPartition, log)
        let count = try Self.call("allocations_count")
        print(Double(count) / Double(batches))
        await log.close()
    }

    private func read(_ topicPartition: TopicPartition, _ log: any EventLog) async throws -> Int {
        let end = try await log.bounds(of: topicPartition).end
        var (next, batches) = (Offset.zero, 0)
        while next < end {
            let batch = try await log.fetch(
                topicPartition, from: next, maxRecords: self.maxRecords, maxBytes: 8 << 20, waitMax: .seconds(1))
            next = batch.next
            batches += 1
        }
        return batches
    }

    @discardableResult
    private static func call(_ name: String) throws -> Int {
        guard let symbol = dlsym(nil, name) else {
            throw ChildProcess.Failure("\(name) is not there: the counter was not preloaded")
        }
        return unsafeBitCast(symbol, to: (@convention(c) () -> Int).self)()
    }
}
