import CloudEvents
import EventDispatch
import EventLog
import Ingress
import NIOCore
import RouterTestKit
import SQLiteSpool
import Testing
import WebhookTestKit
import Webhooks

/// Webhooks while the log does not take them, through everything but the socket and the real log.
struct SpoolTests {
    private static let away = EventLogError(.unavailable, "the log is away")

    private static func body(_ number: Int, repository: String = "o/r") -> String {
        #"{"action":"opened","number":\#(number),"repository":{"url":"https://x.test/\#(repository)","#
            + #""full_name":"\#(repository)"},"pull_request":{"updated_at":"2026-01-01T00:00:00Z"}}"#
    }

    private static func post(
        _ world: WebhookWorld, _ number: Int, repository: String = "o/r"
    ) async throws -> WebhookWorld.Answer {
        let body = self.body(number, repository: repository)
        return try await world.post(
            "hub", body, WebhookSigner.github(body, event: "pull_request", delivery: "d-\(number)", secret: "s"))
    }

    /// Runs `body` with an endpoint `hub` and a spool in a directory of its own.
    private static func with(
        patience: Int64 = 60_000, _ body: (WebhookWorld) async throws -> Void
    ) async throws {
        try await withDirectory { directory in
            let store = try SQLiteSpoolStore(directory: directory)
            try await WebhookWorld.with(spooledOn: store, patience: patience) { world in
                try await world.endpoint("github", secrets: ["s"], id: "hub")
                try await body(world)
            }
        }
    }

    private static func eventually(_ condition: () throws -> Bool) async throws {
        for _ in 0..<1_000 {
            if try condition() { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("it does not come")
    }

    /// The ids of the stored events in the order of their partition.
    private static func ids(_ world: WebhookWorld) throws -> [String] { try world.stored().map(\.event.id) }

    @Test func whatTheLogDoesNotTakeIsKeptAndComesInOrder() async throws {
        try await Self.with { world in
            world.log.setFault(.fails(Self.away), on: .append)
            for number in 0..<20 {
                let answer = try await Self.post(world, number)
                #expect(answer.status == 202)
                #expect(
                    answer.text.hasPrefix(#"{"accepted":1,"spooled":true,"events":[{"id":"d-\#(number)","source":"#))
                #expect(!answer.text.contains("offset"))
            }
            #expect(world.spool?.figures.deliveries == 20)
            #expect(try world.stored().isEmpty)
            world.log.setFault(nil, on: .append)
            try await Self.eventually { world.spool?.figures.deliveries == 0 }
            #expect(try Self.ids(world) == (0..<20).map { "d-\($0)" })
            #expect(world.spool?.figures.drained == 20)
            #expect(world.counter.outcomes == Array(repeating: "github spooled", count: 20))
            let after = try await Self.post(world, 20)
            #expect(after.text.contains(#""offset":"#))
        }
    }

    @Test func aDeliveryInTheSpoolIsKnownAgain() async throws {
        try await Self.with { world in
            world.log.setFault(.fails(Self.away), on: .append)
            #expect(try await Self.post(world, 1).status == 202)
            #expect(try await Self.post(world, 1).text == #"{"accepted":0,"duplicate":true}"#)
            world.log.setFault(nil, on: .append)
            try await Self.eventually { world.spool?.figures.deliveries == 0 }
            #expect(try await Self.post(world, 1).text == #"{"accepted":0,"duplicate":true}"#)
            #expect(try Self.ids(world) == ["d-1"])
        }
    }

    @Test func anAppendThatHangsIsNotWaitedForAndNotMadeTwice() async throws {
        try await Self.with(patience: 50) { world in
            world.log.setFault(.hangs, on: .append)
            let answers = try await withThrowingTaskGroup(of: WebhookWorld.Answer.self) { group in
                for number in 0..<5 { group.addTask { try await Self.post(world, number, repository: "r/\(number)") } }
                return try await group.reduce(into: [WebhookWorld.Answer]()) { $0.append($1) }
            }
            #expect(answers.allSatisfy { $0.status == 202 && $0.text.contains(#""spooled":true"#) })
            #expect(world.spool?.figures.deliveries == 5)
            world.log.setFault(nil, on: .append)
            try await Self.eventually { world.spool?.figures.deliveries == 0 }
            #expect(try Self.ids(world).sorted() == (0..<5).map { "d-\($0)" })
        }
    }

    @Test func badInputIsRefusedAndNotKept() async throws {
        try await Self.with { world in
            world.log.setFault(.fails(EventLogError(.tooLarge, "too large")), on: .append)
            let tooLarge = try await Self.post(world, 1)
            #expect(tooLarge.status == 413)
            world.log.setFault(.fails(Self.away), on: .append)
            #expect(try await world.post("hub", "{}", [("X-Hub-Signature-256", "sha256=00")]).status == 401)
            #expect(world.spool?.figures.spooled == 0)
        }
    }

    @Test func whatTheLogNeverTakesIsSetAsideAndHoldsNobodyUp() async throws {
        try await Self.with { world in
            world.log.setFault(.fails(Self.away), on: .append)
            for number in 0..<3 { _ = try await Self.post(world, number) }
            let tried = world.log.calls(of: .append)
            try await Self.eventually { world.log.calls(of: .append) > tried }
            world.log.setFault(.fails(EventLogError(.tooLarge, "too large")), on: .append, times: 1)
            try await Self.eventually { world.spool?.figures.deliveries == 0 }
            #expect(world.spool?.figures.setAside == 1)
            #expect(try world.stored().count == 2)
        }
    }

    @Test func aRestartGoesOnAndKnowsWhatIsThere() async throws {
        try await withDirectory { directory in
            let log = try await WebhookWorld.makeLog()
            try await WebhookWorld.with(log, spooledOn: try SQLiteSpoolStore(directory: directory)) { world in
                try await world.endpoint("github", secrets: ["s"], id: "hub")
                log.setFault(.fails(Self.away), on: .append)
                for number in 0..<10 { #expect(try await Self.post(world, number).status == 202) }
            }
            try await WebhookWorld.with(log, spooledOn: try SQLiteSpoolStore(directory: directory)) { world in
                #expect(world.spool?.figures.deliveries == 10)
                #expect(try await Self.post(world, 3).text == #"{"accepted":0,"duplicate":true}"#)
                log.setFault(nil, on: .append)
                try await Self.eventually { world.spool?.figures.deliveries == 0 }
                #expect(try Self.ids(world) == (0..<10).map { "d-\($0)" })
            }
        }
    }

    @Test func whatTheLogHasAlreadyIsNotAppendedByARestart() async throws {
        try await withDirectory { directory in
            let log = try await WebhookWorld.makeLog()
            let delivery = try await Self.crashedAfterItsAppend(log, directory)
            try await WebhookWorld.with(log, spooledOn: try SQLiteSpoolStore(directory: directory)) { world in
                try await Self.eventually { world.spool?.figures.deliveries == 0 }
                #expect(world.spool?.figures.duplicates == 1)
                #expect(try Self.ids(world) == [delivery])
            }
        }
    }

    /// One delivery that is in the log with its marker, and still on the disk.
    private static func crashedAfterItsAppend(_ log: InMemoryEventLog, _ directory: String) async throws -> String {
        try await WebhookWorld.with(log) { world in
            try await world.endpoint("github", secrets: ["s"], id: "hub")
            _ = try await Self.post(world, 1)
        }
        let markers = log.records(of: TopicPartition(WebhookServiceConfiguration().deliveryTopic, Partition(0)))
        let marker = try #require(markers.last?.record.value.flatMap { DeliveryMarker($0) })
        let record = try #require(
            (0..<Int32(2)).flatMap { log.records(of: TopicPartition(WebhookWorld.webhooks, Partition($0))) }.first)
        let store = try SQLiteSpoolStore(directory: directory)
        try await store.append(
            1,
            SpooledDelivery(
                records: [ProducerRecord(topic: WebhookWorld.webhooks, record: record.record)], marker: marker,
                arrival: record.record.timestamp
            ).bytes)
        await store.close()
        return "d-1"
    }

    @Test func onALogThatAppendsInPartsOrderHoldsToo() async throws {
        try await withDirectory { directory in
            let log = try await WebhookWorld.makeLog()
            let coordinator = ReplicaCoordinator(log: log)
            try await WebhookWorld.with(
                log, sharedBy: ReplicaEventLog("a", coordinator), spooledOn: try SQLiteSpoolStore(directory: directory)
            ) { world in
                try await world.endpoint("github", secrets: ["s"], id: "hub")
                log.setFault(.fails(Self.away), on: .append)
                for number in 0..<30 {
                    #expect(try await Self.post(world, number, repository: "r/\(number % 3)").status == 202)
                }
                log.setFault(nil, on: .append)
                try await Self.eventually { world.spool?.figures.deliveries == 0 }
                let stored = try world.stored().map(\.event)
                #expect(stored.count == 30)
                for repository in 0..<3 {
                    let own = stored.filter { $0.source == "https://x.test/r/\(repository)" }.map(\.id)
                    #expect(own == (0..<30).filter { $0 % 3 == repository }.map { "d-\($0)" })
                }
                let markers = log.records(of: TopicPartition(WebhookServiceConfiguration().deliveryTopic, Partition(0)))
                #expect(markers.count == 30)
            }
        }
    }

    @Test func aFullSpoolIsSaidAloud() async throws {
        try await withDirectory { directory in
            // Some pages for its tables, and few for what comes.
            let store = try SQLiteSpoolStore(directory: directory, pagesMax: 12)
            try await WebhookWorld.with(spooledOn: store) { world in
                try await world.endpoint("github", secrets: ["s"], id: "hub")
                world.log.setFault(.fails(Self.away), on: .append)
                var refused: WebhookWorld.Answer?
                var accepted: [Int] = []
                for number in 0..<500 where refused == nil {
                    let answer = try await Self.post(world, number)
                    if answer.status == 202 { accepted.append(number) } else { refused = answer }
                }
                #expect(refused?.status == 503)
                #expect(refused?.headers["retry-after"] != nil)
                #expect(accepted.count > 10)
                #expect(world.spool?.figures.refused[.disk] == 1)
                world.log.setFault(nil, on: .append)
                try await Self.eventually { world.spool?.figures.deliveries == 0 }
                #expect(try Self.ids(world) == accepted.map { "d-\($0)" })
            }
        }
    }

    @Test func aDeliveryIsReadAsItWasWritten() throws {
        var headers = RecordHeaders()
        headers.append(name: "ce_id", value: "1")
        let delivery = SpooledDelivery(
            records: [
                ProducerRecord(
                    topic: Topic("t"), partition: Partition(3),
                    record: LogRecord(
                        key: nil, headers: headers, value: nil, timestamp: Timestamp(milliseconds: 7))),
                ProducerRecord(
                    topic: Topic("u"),
                    record: LogRecord(
                        key: ByteBuffer(string: "k"), value: ByteBuffer(), timestamp: Timestamp(milliseconds: -1))),
            ],
            marker: DeliveryMarker(
                expiresMilliseconds: 5, keys: [DeliveryKey(endpoint: "e", source: nil, id: "i")]),
            arrival: Timestamp(milliseconds: 9))
        let read = try #require(SpooledDelivery(delivery.bytes))
        #expect(read.bytes == delivery.bytes)
        #expect(read.records.map(\.record) == delivery.records.map(\.record))
        #expect(read.records.map(\.partition) == [Partition(3), nil])
        #expect(read.marker == delivery.marker)
        #expect(SpooledDelivery(ByteBuffer(string: "no delivery")) == nil)
        var cut = delivery.bytes
        #expect(cut.readSlice(length: cut.readableBytes - 1).flatMap { SpooledDelivery($0) } == nil)
    }
}
