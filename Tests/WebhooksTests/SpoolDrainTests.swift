import EventLog
import Ingress
import Logging
import NIOCore
import NIOPosix
import RouterTestKit
import SQLiteSpool
import Synchronization
import Testing
import Webhooks

/// What goes from the disk into a log that does as it is told.
struct SpoolDrainTests {
    /// A log of which the first appends end as they are to; keeps what it took.
    private final class ScriptedWriter: EventLogWriter {
        let appendsAtomically = true
        private let script: Mutex<[EventLogError?]>
        let taken = Mutex<[String]>([])

        init(_ script: [EventLogError?]) { self.script = Mutex(script) }

        func append(_ records: [ProducerRecord]) async throws(EventLogError) -> [Position] {
            let error = self.script.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            if let error { throw error }
            self.taken.withLock { $0 += records.compactMap { $0.record.value.map { String(buffer: $0) } } }
            return []
        }

        func appendEach(_ lots: [[ProducerRecord]], _ ended: @escaping @Sendable ([LotOutcome]) -> Void) async {
            Issue.record("the log takes all or nothing")
        }
    }

    private static func delivery(_ name: String) -> SpooledDelivery {
        SpooledDelivery(
            records: [
                ProducerRecord(
                    topic: Topic("t"), partition: Partition(0),
                    record: LogRecord(
                        key: ByteBuffer(string: "k"), value: ByteBuffer(string: name),
                        timestamp: Timestamp(milliseconds: 1)))
            ], marker: nil, arrival: Timestamp(milliseconds: 1))
    }

    @Test(.timeLimit(.minutes(1))) func whatComesAfterOneThatHasToWaitWaitsBehindIt() async throws {
        try await withDirectory { directory in
            let store = try SQLiteSpoolStore(directory: directory)
            let names = ["a", "b", "c", "d"]
            for (index, name) in names.enumerated() {
                try await store.append(Int64(index) + 1, Self.delivery(name).bytes)
            }
            // All together are too large; then the first goes in, and the second has to wait.
            let writer = ScriptedWriter([
                EventLogError(.tooLarge, "together"), nil, EventLogError(.unavailable, "away"),
            ])
            var limits = SpoolLimits()
            limits.pauseMax = 10
            let spool = WebhookSpool(
                limits: limits, store: store, writer: writer, deliveries: WebhookDeliveries(entriesMax: 10),
                deliveryTopic: Topic("d"), eventLoop: MultiThreadedEventLoopGroup.singleton.next(),
                logger: Logger(label: "test"))
            try spool.load()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await spool.run() }
                while spool.figures.deliveries > 0 { try await Task.sleep(for: .milliseconds(5)) }
                group.cancelAll()
            }
            #expect(writer.taken.withLock { $0 } == names)
        }
    }

    @Test func oneThatComesAgainAfterItsWindowIsAnotherDelivery() {
        let deliveries = WebhookDeliveries(entriesMax: 10)
        let key = DeliveryKey(endpoint: "e", source: nil, id: "1")
        let first = DeliveryMarker(expiresMilliseconds: 1_000, keys: [key])
        let second = DeliveryMarker(expiresMilliseconds: 3_000, keys: [key])
        deliveries.settleSpooled(first, arrival: 0, now: 0)
        deliveries.settleSpooled(second, arrival: 2_000, now: 2_000)
        #expect(!deliveries.isInLog(second))
        deliveries.drained(first)
        deliveries.remember(first, now: 2_000)
        #expect(!deliveries.isInLog(second))
        deliveries.drained(second)
        #expect(deliveries.isInLog(second))
    }

    @Test func whatAnotherProcessBroughtInWithinItsWindowIsInTheLog() {
        let deliveries = WebhookDeliveries(entriesMax: 10)
        let key = DeliveryKey(endpoint: "e", source: nil, id: "1")
        let own = DeliveryMarker(expiresMilliseconds: 3_000, keys: [key])
        deliveries.restore(own, arrival: 2_000, now: 2_000)
        #expect(!deliveries.isInLog(own))
        deliveries.remember(DeliveryMarker(expiresMilliseconds: 2_900, keys: [key]), now: 2_100)
        #expect(deliveries.isInLog(own))
    }
}
