import EventLog
import KafkaEventLog
import KafkaTestKit

/// Records a second through Portarium's writer, acknowledged by all replicas, against a loop in C that does the same.
struct KafkaProduceBenchmark: Benchmark {
    private static let ratioMin = 0.9
    /// Appends under way at the same time: enough to keep the client busy while others wait for the brokers, and few
    /// enough that what is under way stays in the caches. The loop in C has up to 500,000 records under way.
    private static let appends = 24
    /// Different ones among them.
    private static let batches = 2
    let dataBytes: Int
    var name: String { "kafka.produce.\(self.dataBytes)" }

    func run(_ context: BenchmarkContext) async throws -> BenchmarkResult {
        let records = context.scaled(1_000_000, quick: 20_000)
        var rounds: [(value: Double, ceiling: Double)] = []
        for round in 1...context.rounds {
            // A broker of its own for each: what it holds already costs it more and more.
            let work = { (broker: NoidaBroker) in
                KafkaWork(brokers: broker.bootstrap, prefix: "bench", dataBytes: self.dataBytes)
            }
            let ours = { try await NoidaBroker.with { try await Self.append(records, to: "ours", work($0)) } }
            let loop = { try await NoidaBroker.with { try await Self.loop(records, to: "loop", work($0), context) } }
            // Either is first and last once: a machine that grows slower or faster meanwhile does so for both.
            let (ours1, loop1) = (try await ours(), try await loop())
            let (loop2, ours2) = (try await loop(), try await ours())
            let (value, ceiling) = ([ours1, ours2].harmonicMean, [loop1, loop2].harmonicMean)
            Progress.say(
                "  round \(round): \(BenchmarkReport.figure(value)) records/s, "
                    + "loop in C \(BenchmarkReport.figure(ceiling))")
            rounds.append((value, ceiling))
        }
        return .relative(self.name, unit: "records/s", rounds: rounds, ratioMin: Self.ratioMin)
    }

    /// Fills a new topic with the loop in C.
    static func loop(
        _ records: Int, to name: String, _ work: KafkaWork, _ context: BenchmarkContext
    ) async throws -> Double {
        try await work.makeTopic(name)
        return try await KafkaLoop.run(
            "produce",
            [
                work.brokers, work.topic(name).name, "\(records)", "\(work.dataBytes)", "lz4",
                "\(KafkaWork.lingerMilliseconds)",
            ], records: records, context)
    }

    private static func append(_ records: Int, to name: String, _ work: KafkaWork) async throws -> Double {
        try await work.makeTopic(name)
        let log = try work.open()
        // Made before the clock runs, and few enough to stay in the caches, where the loop in C has its one record.
        let batches = work.batches(Self.batches * KafkaWork.batch, for: work.topic(name))
        let appends = records / KafkaWork.batch
        // As in C, the clock does not count how the client gets to know the brokers.
        _ = try await log.append(Array(batches[0].prefix(1)))
        let elapsed = try await ContinuousClock().measure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<Self.appends {
                    group.addTask {
                        for _ in stride(from: task, to: appends, by: Self.appends) {
                            _ = try await log.append(batches[task % Self.batches])
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        await log.close()
        return Double(records) / elapsed.seconds
    }
}
