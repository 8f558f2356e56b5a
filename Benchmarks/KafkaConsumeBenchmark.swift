import EventLog
import KafkaEventLog
import KafkaTestKit
import ProcessKit

/// Records a second through Portarium's reader, every header looked at, against a loop in C that does the same.
struct KafkaConsumeBenchmark: Benchmark {
    private static let ratioMin = 0.9
    let dataBytes: Int
    var name: String { "kafka.consume.\(self.dataBytes)" }

    func run(_ context: BenchmarkContext) async throws -> BenchmarkResult {
        let records = context.scaled(500_000, quick: 20_000)
        let rounds = try await NoidaBroker.with { broker in
            let work = KafkaWork(brokers: broker.bootstrap, prefix: "bench", dataBytes: self.dataBytes)
            _ = try await KafkaProduceBenchmark.loop(records, to: "full", work, context)
            var rounds: [(value: Double, ceiling: Double)] = []
            // A round is over within a second, and the machine's moods are not.
            for round in 1...(2 * context.rounds - 1) {
                let (value, ceiling) = try await context.measure(round: round) {
                    try await Self.read(records, of: "full", work)
                } ceiling: {
                    try await KafkaLoop.run(
                        "consume", [work.brokers, work.topic("full").name, "\(records)"], records: records, context)
                }
                Progress.say(
                    "  round \(round): \(BenchmarkReport.figure(value)) records/s, "
                        + "loop in C \(BenchmarkReport.figure(ceiling))")
                rounds.append((value, ceiling))
            }
            return rounds
        }
        return .relative(self.name, unit: "records/s", rounds: rounds, ratioMin: Self.ratioMin)
    }

    private static func read(_ records: Int, of name: String, _ work: KafkaWork) async throws -> Double {
        let log = try work.open()
        let topic = work.topic(name)
        // As in C, the clock does not count how the client gets to know the brokers.
        for partition in 0..<KafkaWork.partitions {
            _ = try await log.bounds(of: TopicPartition(topic, Partition(Int32(partition))))
        }
        var seen = 0
        let elapsed = try await ContinuousClock().measure {
            seen = try await withThrowingTaskGroup(of: Int.self) { group in
                for partition in 0..<KafkaWork.partitions {
                    group.addTask { try await Self.read(TopicPartition(topic, Partition(Int32(partition))), of: log) }
                }
                return try await group.reduce(0, +)
            }
        }
        await log.close()
        guard seen == records else { throw ChildProcess.Failure("\(seen) of \(records) records were read") }
        return Double(records) / elapsed.seconds
    }

    private static func read(_ topicPartition: TopicPartition, of log: KafkaEventLog) async throws -> Int {
        let end = try await log.bounds(of: topicPartition).end
        var (next, count, headerBytes) = (Offset.zero, 0, 0)
        while next < end {
            let batch = try await log.fetch(
                topicPartition, from: next, maxRecords: 1_000, maxBytes: 1 << 20, waitMax: .seconds(1))
            for element in batch.records {
                count += 1
                element.record.headers.forEach { name, value in headerBytes += name.count + value.count }
            }
            next = batch.next
        }
        guard headerBytes > 0 || count == 0 else { throw ChildProcess.Failure("no headers were read") }
        return count
    }
}
