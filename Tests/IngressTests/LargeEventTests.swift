import CloudEvents
import EventLog
import HTTPServing
import Hummingbird
import HummingbirdTesting
import Ingress
import NIOCore
import NIOPosix
import RouterTestKit
import Synchronization
import Testing

/// What is over a limit is refused with 413 that names the limit, and takes nothing else with it.
@Suite(.timeLimit(.minutes(2))) struct LargeEventTests {
    private static let recordBytesMax = 1_000

    private static func log() async throws -> InMemoryEventLog {
        let log = InMemoryEventLog(recordBytesMax: Self.recordBytesMax)
        for topic in ["portarium.events", "portarium.runs"] {
            try await log.createTopic(TopicSpecification(topic: Topic(topic), partitions: 1))
        }
        return log
    }

    private static func records(_ log: InMemoryEventLog) async throws -> [String] {
        let topicPartition = TopicPartition(Topic("portarium.events"), Partition(0))
        return try await log.fetch(
            topicPartition, from: .zero, maxRecords: 100, maxBytes: 1 << 20, waitMax: .zero
        ).records.compactMap { $0.record.headers["ce_id"] }
    }

    private static func large(_ id: String = "large") -> String {
        event(id: id, more: ",\"data\":\"\(String(repeating: "v", count: Self.recordBytesMax))\"")
    }

    private static func post(
        _ body: String, batch: Bool = false, to server: EventServer, isDirect: Bool
    ) async throws -> TestResponse {
        let type = batch ? "application/cloudevents-batch+json" : "application/cloudevents+json"
        return try await server.application(isDirect: isDirect).test(.live) { client in
            try await client.execute(
                uri: "/v1/events", method: .post, headers: [.contentType: type], body: ByteBuffer(string: body))
        }
    }

    @Test(arguments: [false, true])
    func aRecordOverTheLogsLimitIsRefusedByItsName(isDirect: Bool) async throws {
        let log = try await Self.log()
        let server = try EventServer(log: log)
        let response = try await Self.post(Self.large(), to: server, isDirect: isDirect)
        #expect(response.status == .contentTooLarge)
        #expect(response.text.contains(#""type":"urn:portarium:problem:too-large""#))
        #expect(response.text.contains(#""limit":"log.recordBytesMax","limitValue":1000"#))
        #expect(!response.text.contains(#""index""#))
        #expect(server.counter.refused.withLock { $0 } == [.tooLarge])
        #expect(try await Self.records(log) == [])
    }

    @Test(arguments: [false, true])
    func aBatchNamesItsLargeEventAndLeavesNothing(isDirect: Bool) async throws {
        let log = try await Self.log()
        let server = try EventServer(log: log)
        let batch = "[\(event(id: "a")),\(event(id: "b")),\(Self.large()),\(event(id: "c"))]"
        let response = try await Self.post(batch, batch: true, to: server, isDirect: isDirect)
        #expect(response.status == .contentTooLarge)
        #expect(response.text.contains(#""index":2"#))
        #expect(response.text.contains(#""limit":"log.recordBytesMax","limitValue":1000"#))
        #expect(try await Self.records(log) == [])
    }

    @Test(arguments: [false, true])
    func anEventOverTheIngressLimitNamesTheSetting(isDirect: Bool) async throws {
        let limits = CloudEventLimits(eventBytesMax: 500)
        let first = try EventServer(limits: limits, eventBytesLimit: "kafka.recordBytesMax")
        let single = try await Self.post(Self.large(), to: first, isDirect: isDirect)
        #expect(single.status == .contentTooLarge)
        #expect(single.text.contains(#""limit":"kafka.recordBytesMax","limitValue":500"#))
        #expect(first.writer.appends.isEmpty)
        let server = try EventServer(limits: limits, eventBytesLimit: "kafka.recordBytesMax")
        let batch = try await Self.post(
            "[\(event(id: "a")),\(Self.large())]", batch: true, to: server, isDirect: isDirect)
        #expect(batch.status == .contentTooLarge)
        #expect(batch.text.contains(#""index":1"#))
        #expect(batch.text.contains(#""limit":"kafka.recordBytesMax","limitValue":500"#))
        #expect(server.writer.appends.isEmpty)
    }

    @Test func otherLimitsOfEventsAreNotCalledTheOneOfBytes() async throws {
        let server = try EventServer(limits: CloudEventLimits(attributesMax: 4))
        let response = try await Self.post(event(more: #","more":"1""#), to: server, isDirect: true)
        #expect(response.status == .contentTooLarge)
        #expect(!response.text.contains("limitValue"))
    }

    @Test func aLargeRecordFailsOnlyItsOwnRequest() async throws {
        let log = try await Self.log()
        let queue = EventIntakeQueue(writer: log)
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        // Nobody runs the queue yet: all four are appended in one call.
        let outcomes = try await withThrowingTaskGroup(of: (String, Result<[Position], EventLogError>).self) { group in
            for (name, sizes) in [("a", [1, 1]), ("b", [1, 5_000]), ("c", [1]), ("d", [5_000, 1])] {
                let waiting = queue.waitingRecords
                group.addTask { (name, await Self.append(sizes, of: name, to: queue, on: loop)) }
                while queue.waitingRecords == waiting { await Task.yield() }
            }
            return try await withThrowingTaskGroup(of: Void.self) { runner in
                runner.addTask { try await queue.run() }
                var outcomes: [String: Result<[Position], EventLogError>] = [:]
                for try await (name, outcome) in group { outcomes[name] = outcome }
                runner.cancelAll()
                return outcomes
            }
        }
        #expect(try outcomes["a"]?.get().count == 2)
        #expect(try outcomes["c"]?.get().count == 1)
        #expect(Self.faultIndex(outcomes["b"]) == 1)
        #expect(Self.faultIndex(outcomes["d"]) == 0)
        #expect(try await Self.records(log) == ["a0", "a1", "c0"])
    }

    private static func faultIndex(_ outcome: Result<[Position], EventLogError>?) -> Int? {
        guard case .failure(let error) = outcome, error.code == .tooLarge else { return nil }
        return error.excess?.recordIndex
    }

    private static func append(
        _ sizes: [Int], of name: String, to queue: EventIntakeQueue, on loop: any EventLoop
    ) async -> Result<[Position], EventLogError> {
        let records = sizes.enumerated().map { index, size in
            let event = CloudEvent(
                id: "\(name)\(index)", source: "/s", type: "t", data: ByteBuffer(repeating: 0x61, count: size))
            return ProducerRecord(
                topic: Topic("portarium.events"),
                record: LogRecord(event: event, key: nil, timestamp: EventServer.now))
        }
        return await withCheckedContinuation { continuation in
            queue.append(records, on: loop) { continuation.resume(returning: $0) }
        }
    }
}
