import Foundation
import KafkaTestKit
import ProcessKit
import Synchronization
import Testing

/// Replicas under load whose sink and brokers are sometimes bad, and the account of what became of the events.
final class FaultWorld: Sendable {
    private struct State {
        var faults: [FaultLedger.Fault] = []
        /// Who made which delivery, in the order in which they came.
        var names: [String?] = []
    }

    /// What a commit takes at most on a busy machine, and attempts that were in flight.
    private static let slack = Fleet.commitInterval + .seconds(1)
    private static let id = "faults"
    private static let producers = 4
    private static let keysEach = 10
    let fleet: Fleet
    let sink: RecordingSink
    let publishers: KeyedPublishers
    private let state = Mutex(State())

    init(_ fleet: Fleet, _ sink: RecordingSink) {
        self.fleet = fleet
        self.sink = sink
        self.publishers = KeyedPublishers(
            ports: { fleet.ports }, pause: .milliseconds(5), timeoutSeconds: 5, backlogMax: 400
        ) { sink.settledCount }
        let temper = Mutex(SeededGenerator(seed: 20_261_125))
        let start = ContinuousClock().now
        sink.answer { delivery in
            self.state.withLock { $0.names.append(fleet.name(at: delivery.port)) }
            return temper.withLock { Self.answer(after: start.duration(to: delivery.at), &$0) }
        }
    }

    /// Mostly well; at times slow, overloaded, broken, or for good against an event. Broken altogether for half a second
    /// of every ten.
    private static func answer(
        after time: Duration, _ generator: inout SeededGenerator
    ) -> RecordingSink.Answer {
        if time.components.seconds % 10 == 9, time.components.attoseconds < 500_000_000_000_000_000 {
            return .init(status: 500)
        }
        switch Int.random(in: 0..<1_000, using: &generator) {
        case 0..<20: return .init(status: 500)
        case 20..<24: return .init(status: 429, headers: ["retry-after": "1"])
        case 24..<34: return .init(status: 400)
        case 34..<100: return .init(delay: .milliseconds(Int.random(in: 20..<300, using: &generator)))
        default: return .init()
        }
    }

    /// Runs `body` while events are published, and returns when all of them have been settled.
    func run(_ body: () async throws -> Void) async throws {
        let client = try self.fleet.process("a").client
        // No attempt limit that trouble could reach: a failure here must be a loss, not a dead letter.
        try await client.call(
            "POST", "/v1/subscriptions",
            """
            {"id":"\(Self.id)","types":["\(KeyedPublishers.type)"],"sink":"\(self.sink.url)","protocol":"HTTP",
             "config":{"retry":{"maxAttempts":1000,"minDelayMs":10,"maxDelayMs":200}}}
            """, expecting: 201)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.publishers.run(producers: Self.producers, keysEach: Self.keysEach) }
            do {
                try await self.settle("the first events")
                try await body()
            } catch {
                self.publishers.stop()
                throw error
            }
            self.publishers.stop()
        }
        try await self.settle("every accepted event")
    }

    /// Makes trouble for these replicas, and waits until everything accepted meanwhile was settled.
    func strike(_ name: String, _ replicas: [String], _ body: () async throws -> Void) async throws {
        let from = ContinuousClock().now
        try await body()
        let to = ContinuousClock().now
        self.state.withLock {
            $0.faults.append(FaultLedger.Fault(name: name, replicas: Set(replicas), from: from, to: to))
        }
        try await self.settle("what was accepted until the end of '\(name)'")
    }

    /// Waits until everything that was accepted is settled.
    func settle(_ what: String) async throws {
        try await eventually("some load") { self.publishers.acceptedCount > 0 }
        let accepted = self.publishers.accepted
        do {
            try await eventually("\(what) at the sink", within: .seconds(40), every: .milliseconds(100)) {
                self.sink.settledIDs.isSuperset(of: accepted)
            }
        } catch {
            let missing = accepted.subtracting(self.sink.settledIDs)
            throw ChildProcess.Failure("\(error); \(missing.count) missing: \(missing.sorted().prefix(5))")
        }
    }

    /// Holds the books against each other.
    ///
    /// - Parameter name: a replica that runs, to be asked.
    func judge(_ name: String) async throws {
        let client = try self.fleet.process(name).client
        try await eventually("nothing is pending") {
            try await client.call("GET", "/v1/subscriptions/\(Self.id)", expecting: 200)["lag"]?.int == 0
        }
        let (faults, names) = self.state.withLock { ($0.faults, $0.names) }
        let ledger = FaultLedger(zip(self.sink.deliveries, names).map { ($0, $1) })
        let accepted = self.publishers.accepted
        let doubtful = self.publishers.doubtful
        let unexplained = ledger.unexplained(by: faults, slack: Self.slack, except: doubtful)
        let letters = try await self.deadLetters(client)
        self.report(ledger, faults, unexplained, letters.count)
        #expect(ledger.lost(of: accepted) == [])
        #expect(ledger.disorder == [])
        #expect(unexplained.isEmpty, "settled by nobody who was hit, and sent again: \(unexplained.prefix(5))")
        #expect(ledger.refused.subtracting(letters) == [], "refused for good, and no dead letter")
        let delivered = Set(self.sink.deliveries.filter { (200..<300).contains($0.status) }.map(\.id))
        #expect(accepted.subtracting(delivered).subtracting(letters) == [], "neither delivered nor a dead letter")
        #expect(accepted.count > 1_000)
    }

    private func report(
        _ ledger: FaultLedger, _ faults: [FaultLedger.Fault], _ unexplained: [FaultLedger.Repeat], _ letters: Int
    ) {
        let byReplica = self.state.withLock { $0.names }.reduce(into: [String: Int]()) { $0[$1 ?? "?", default: 0] += 1 }
        print(
            "\(self.publishers.acceptedCount) accepted, \(ledger.settled.count) settled, \(letters) dead letters,",
            "\(self.sink.count) deliveries \(byReplica.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }),",
            "\(ledger.repeats.count) repeats, \(unexplained.count) of them without a reason;",
            "publishing failed \(self.publishers.refusals)")
        for fault in faults {
            let (repeats, bound) = ledger.count(of: fault, slack: Self.slack)
            print("  \(fault.name): \(fault.from.duration(to: fault.to)), \(repeats) repeats, at most \(bound)")
        }
    }

    /// Events of all dead letters of the subscription.
    private func deadLetters(_ client: RouterClient) async throws -> Set<String> {
        var events: Set<String> = []
        var cursor: String?
        repeat {
            let page = try await client.call(
                "GET", "/v1/dead-letters?subscription=\(Self.id)&limit=200" + (cursor.map { "&cursor=\($0)" } ?? ""),
                expecting: 200)
            events.formUnion((page["items"]?.elements ?? []).compactMap { $0["event"]?["id"]?.string })
            cursor = page["nextCursor"]?.string
        } while cursor != nil
        return events
    }
}
