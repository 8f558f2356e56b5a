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
        /// Events of these keys are refused for now; nil: the sink has its tempers.
        var refusedKeys: String?
        var hasTempers = true
    }

    /// What a commit takes at most on a busy machine, and attempts that were in flight.
    static let slack = Fleet.commitInterval + .seconds(1)
    /// Less would prove nothing.
    static let eventsMin = 800
    private static let id = "faults"
    private static let producers = 4
    private static let keysEach = 10
    let fleet: Fleet
    let sink: RecordingSink
    let publishers: KeyedPublishers
    private let state = Mutex(State())

    /// Why what one replica suffers hits all of them on this broker; nil where it does not.
    private let contagion: String?

    init(_ fleet: Fleet, _ sink: RecordingSink, on broker: BrokerKind) {
        self.fleet = fleet
        self.contagion = broker.limit(.commitsWhileJoining)
        self.sink = sink
        self.publishers = KeyedPublishers(
            ports: { fleet.ports }, pause: .milliseconds(5), timeoutSeconds: 5, backlogMax: 600
        ) { sink.settledCount }
        let temper = Mutex(SeededGenerator(seed: 20_261_125))
        let start = ContinuousClock().now
        sink.answer { delivery in
            let (refusedKeys, hasTempers) = self.state.withLock { state in
                state.names.append(fleet.name(at: delivery.port))
                return (state.refusedKeys, state.hasTempers)
            }
            guard hasTempers else {
                return .init(status: refusedKeys.map { delivery.id.contains("\($0)-") } ?? false ? 503 : 204)
            }
            return temper.withLock { Self.answer(after: start.duration(to: delivery.at), &$0) }
        }
    }

    /// Mostly well; at times slow, overloaded, broken, or for good against an event. Broken altogether for half a
    /// second of every ten.
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

    /// A sink without tempers that does not take events of some keys.
    func refuseKeys(endingIn suffix: String?) {
        self.state.withLock { state in
            state.hasTempers = false
            state.refusedKeys = suffix
        }
    }

    private func subscribe() async throws {
        let client = try self.fleet.process("a").client
        // No attempt limit that trouble could reach: a failure here must be a loss, not a dead letter.
        try await client.call(
            "POST", "/v1/subscriptions",
            """
            {"id":"\(Self.id)","types":["\(KeyedPublishers.type)"],"sink":"\(self.sink.url)","protocol":"HTTP",
             "config":{"retry":{"maxAttempts":1000,"minDelayMs":10,"maxDelayMs":200}}}
            """, expecting: 201)
    }

    /// Publishes so many events, and no more.
    func publish(_ count: Int) async throws {
        try await self.subscribe()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.publishers.run(producers: Self.producers, keysEach: Self.keysEach) }
            defer { self.publishers.stop() }
            try await eventually("\(count) events") { self.publishers.acceptedCount >= count }
        }
    }

    /// Runs `body` while events are published, and returns when all of them have been settled.
    func run(_ body: () async throws -> Void) async throws {
        try await self.subscribe()
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
        // Something for it to hit.
        try await Task.sleep(for: .seconds(1))
        let from = ContinuousClock().now
        try await body()
        let to = ContinuousClock().now
        try await self.settle("what was accepted until the end of '\(name)'")
        self.note(FaultLedger.Fault(name: name, replicas: Set(replicas), from: from, to: to))
    }

    /// Runs `body` while nothing is published and everything is settled.
    func calmly(_ body: () async throws -> Void) async throws {
        self.publishers.pause(true)
        try await Task.sleep(for: .milliseconds(500))
        try await self.settle("what was accepted until the calm")
        try await body()
        self.publishers.pause(false)
    }

    /// Changes who takes part, in the orderly way: where the broker lets others commit meanwhile that is no trouble.
    func rearrange(_ name: String, _ body: () async throws -> Void) async throws {
        let from = ContinuousClock().now
        try await body()
        try await self.settle("what was accepted until the end of '\(name)'")
        guard self.contagion != nil else { return }
        self.note(FaultLedger.Fault(name: name, replicas: [], from: from, to: .now))
    }

    private func note(_ fault: FaultLedger.Fault) {
        var fault = fault
        if self.contagion != nil {
            fault.replicas = []
            // Until the last replica has noticed that it is put out of the group, has joined anew, and can commit.
            fault.to = .now + self.fleet.sessionTimeout * 2
        }
        self.state.withLock { $0.faults.append(fault) }
    }

    /// Waits until everything that was accepted is settled.
    ///
    /// - Parameter exceptRefused: without the keys that the sink does not take.
    func settle(_ what: String, exceptRefused: Bool = false) async throws {
        try await eventually("some load") { self.publishers.acceptedCount > 0 }
        var accepted = self.publishers.accepted
        if exceptRefused, let refused = self.state.withLock({ $0.refusedKeys }) {
            accepted = accepted.filter { !$0.contains("\(refused)-") }
        }
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
        do {
            try await eventually("nothing is pending", every: .milliseconds(100)) { try await Self.lag(client) == 0 }
        } catch {
            for (name, process) in self.fleet.processes {
                print("\(name) says that \((try? await Self.lag(process.client)) ?? -1) are pending, and last said:")
                for line in process.output().split(separator: "\n").suffix(20) { print("  \(line)") }
            }
            throw error
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
        let refused = Set(self.sink.deliveries.filter { $0.status == 400 }.map(\.id))
        #expect(letters.subtracting(refused) == [], "a dead letter, and never refused")
        let delivered = Set(self.sink.deliveries.filter { (200..<300).contains($0.status) }.map(\.id))
        #expect(accepted.subtracting(delivered).subtracting(letters) == [], "neither delivered nor a dead letter")
        let repeats = ledger.repeats.count { !doubtful.contains($0.id) }
        #expect(repeats <= ledger.bound(of: faults, slack: Self.slack))
        #expect(accepted.count >= Self.eventsMin)
    }

    private static func lag(_ client: RouterClient) async throws -> Int? {
        try await client.call("GET", "/v1/subscriptions/\(Self.id)", expecting: 200)["lag"]?.int
    }

    private func report(
        _ ledger: FaultLedger, _ faults: [FaultLedger.Fault], _ unexplained: [FaultLedger.Repeat], _ letters: Int
    ) {
        let byReplica = self.state.withLock { $0.names }.reduce(into: [String: Int]()) {
            $0[$1 ?? "?", default: 0] += 1
        }
        print(
            "\(self.publishers.acceptedCount) accepted, \(ledger.settled.count) settled, \(letters) dead letters,",
            "\(self.sink.count) deliveries \(byReplica.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }),",
            "\(ledger.repeats.count) repeats, \(unexplained.count) of them without a reason;",
            "publishing failed \(self.publishers.refusals)")
        for (fault, (repeats, bound)) in zip(faults, ledger.counts(of: faults, slack: Self.slack)) {
            print("  \(Self.clock(fault.from)) \(fault.name): \(repeats) repeats, at most \(bound)")
        }
        let groups = unexplained.reduce(into: [String: Int]()) { groups, found in
            let line = "\(Self.clock(found.at)) by \(found.by ?? "?") what \(found.settledBy ?? "?") had settled"
            groups[line, default: 0] += 1
        }
        for (line, count) in groups.sorted(by: { $0.key < $1.key }) { print("  without a reason: \(line): \(count)") }
    }

    /// The time of day, in seconds and UTC, as the replicas' logs have it.
    private static func clock(_ at: ContinuousClock.Instant) -> String {
        let date = Date(timeIntervalSinceNow: -Double(at.duration(to: .now).wholeMilliseconds) / 1_000)
        return String(date.ISO8601Format().dropFirst(11).dropLast())
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
