import EventLog
import KafkaEventLog
import KafkaTestKit
import ProcessKit
import Synchronization

/// Records a second from a topic through a filter to another topic, in transactions that hold the offsets, against a
/// loop in C that does the same.
struct KafkaRouteBenchmark: Benchmark {
    private static let ratioMin = 0.8
    /// Of a transaction at most; both end one after 100 ms too.
    private static let transactionRecordsMax = 10_000
    let dataBytes: Int
    var name: String { "kafka.route.\(self.dataBytes)" }

    func run(_ context: BenchmarkContext) async throws -> BenchmarkResult {
        let records = context.scaled(900_000, quick: 20_000)
        let rounds = try await NoidaBroker.with { broker in
            let work = KafkaWork(brokers: broker.bootstrap, prefix: "bench", dataBytes: self.dataBytes)
            _ = try await KafkaProduceBenchmark.loop(records, to: "full", work, context)
            var rounds: [(value: Double, ceiling: Double)] = []
            for round in 1...context.rounds {
                let (ours, theirs) = ("ours-\(round)", "loop-\(round)")
                try await work.makeTopic(ours)
                try await work.makeTopic(theirs)
                let (value, ceiling) = try await context.measure(round: round) {
                    try await Self.route(records, from: "full", to: ours, work)
                } ceiling: {
                    try await Self.loop(records, to: theirs, work, context)
                }
                try await Self.compare(ours, theirs, work)
                Progress.say(
                    "  round \(round): \(BenchmarkReport.figure(value)) records/s, "
                        + "loop in C \(BenchmarkReport.figure(ceiling))")
                rounds.append((value, ceiling))
            }
            return rounds
        }
        return .relative(self.name, unit: "records/s", rounds: rounds, ratioMin: Self.ratioMin)
    }

    /// Routes a whole topic with the loop in C.
    private static func loop(
        _ records: Int, to target: String, _ work: KafkaWork, _ context: BenchmarkContext
    ) async throws -> Double {
        try await KafkaLoop.run(
            "route",
            [
                work.brokers, work.topic("full").name, work.topic(target).name, "\(records)", "exactly-once",
                "\(Self.transactionRecordsMax)", "lz4", "\(KafkaWork.lingerMilliseconds)",
            ], records: records, context)
    }

    /// Routes a whole topic. The clock runs from the first read to the last commit, as in C.
    private static func route(
        _ records: Int, from source: String, to target: String, _ work: KafkaWork
    ) async throws -> Double {
        let log = try work.open()
        let route = LogRoute(
            group: ConsumerGroup("portarium.subscription.bench/\(target)/1"), sources: [work.topic(source)],
            target: work.topic(target))
        let clock = RouteClock(records: records, type: "com.example.order.placed")
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await log.route(route, clock) }
            group.addTask { await clock.untilDone() }
            await group.next()
            group.cancelAll()
        }
        await log.close()
        guard let elapsed = clock.elapsed else { throw ChildProcess.Failure("the route ended early: \(clock.fault)") }
        return Double(records) / elapsed.seconds
    }

    /// Both have carried the same number of records.
    private static func compare(_ ours: String, _ theirs: String, _ work: KafkaWork) async throws {
        let log = try work.open()
        var counts: [Int] = []
        for name in [ours, theirs] {
            var count = 0
            for partition in 0..<KafkaWork.partitions {
                let topicPartition = TopicPartition(work.topic(name), Partition(Int32(partition)))
                let end = try await log.bounds(of: topicPartition).end
                var next = Offset.zero
                while next < end {
                    let batch = try await log.fetch(
                        topicPartition, from: next, maxRecords: 1_000, maxBytes: 1 << 20, waitMax: .seconds(1))
                    count += batch.records.count
                    next = batch.next
                }
            }
            counts.append(count)
        }
        await log.close()
        guard counts[0] == counts[1], counts[0] > 0 else {
            throw ChildProcess.Failure("carried \(counts[0]), the loop in C \(counts[1])")
        }
    }
}

/// Selects by type, as a subscription does that names one, and takes the time.
private final class RouteClock: LogRouteListener {
    private struct State {
        var began: ContinuousClock.Instant?
        var ended: ContinuousClock.Instant?
        var read = 0
        var fault = ""
    }

    private let records: Int
    private let wanted: LogRouteSelection
    private let state = Mutex(State())
    private let ends: AsyncStream<Void>
    private let end: AsyncStream<Void>.Continuation

    init(records: Int, type: String) {
        self.records = records
        self.wanted = LogRouteSelection(conditions: [.init(attribute: "type", values: [Array(type.utf8)])])
        (self.ends, self.end) = AsyncStream.makeStream(of: Void.self)
    }

    var fault: String { self.state.withLock { $0.fault } }
    var elapsed: Duration? {
        self.state.withLock { state in
            guard let began = state.began, let ended = state.ended else { return nil }
            return began.duration(to: ended)
        }
    }

    func untilDone() async { for await _ in self.ends {} }

    var selection: LogRouteSelection {
        self.state.withLock { state in if state.began == nil { state.began = .now } }
        return self.wanted
    }

    func carried(read: Int, carried: Int, invalid: Int) {
        let isDone = self.state.withLock { state in
            state.read += read
            guard state.read >= self.records, state.ended == nil else { return false }
            state.ended = .now
            return true
        }
        if isDone { self.end.finish() }
    }

    func failed(_ error: EventLogError) { self.state.withLock { $0.fault = "\(error)" } }
    func rangeLost(_ topicPartition: TopicPartition, from: Offset, to: Offset) {}
}
