import BrokerTraits
import Foundation
import KafkaTestKit
import ObjectStoreTestKit
import ProcessKit
import Testing

extension IntegrationTests {
    /// Replicas under load while the broker is killed and started again with what it kept.
    @Suite(.disabled(if: SeaweedStore.absence != nil, Comment(rawValue: SeaweedStore.absence ?? "")))
    struct BrokerRestartTests {
        private static let sessionTimeout = Duration.seconds(2)
        private static let replicas = ["a", "b"]
        /// How long nobody is there: no time; less than a session; longer than a session and than an append may take.
        private static let pauses: [Duration] = [.zero, .seconds(1), .milliseconds(4_500)]
        /// Until the last replica has noticed that its session is over, has joined anew, and can commit.
        private static let joining = Self.sessionTimeout * 2
        /// For so long at most a position waits to be committed: Tansu drops what was settled above an offset, and the
        /// sink keeps events waiting for a second, and for half a second more when it is broken.
        private static let uncommitted = FaultWorld.slack + .milliseconds(1_500)

        @Test(.needs(.tansu, to: .evictsDeadMembers), .timeLimit(.minutes(3)))
        func nothingIsLostWhileTheBrokerIsKilledUnderLoad() async throws {
            try await SeaweedStore.with { seaweed in
                try await TansuBroker.with(on: seaweed.tansuStore) { broker in
                    try await RecordingSink.with { sink in
                        try await Fleet.with(
                            brokerPort: broker.proxy.port, sessionTimeout: Self.sessionTimeout
                        ) { fleet in
                            for name in Self.replicas { try await fleet.start(name) }
                            for name in Self.replicas { try await fleet.takesPart(name) }
                            try await Self.check(broker, FaultWorld(fleet, sink, on: .tansu))
                        }
                    }
                }
            }
        }

        private static func check(_ broker: TansuBroker, _ world: FaultWorld) async throws {
            let before = world.fleet.processes.map(\.process.identifier)
            var restarts: [Range<ContinuousClock.Instant>] = []
            try await world.run {
                for pause in Self.pauses {
                    try await ContinuousClock().sleep(for: Self.joining)
                    try await world.strike("the broker is killed and away for \(pause)", Self.replicas) {
                        let kill = ContinuousClock.now
                        try await broker.restart(after: pause)
                        restarts.append(kill..<ContinuousClock.now)
                    }
                }
                try await eventually("enough load", within: .seconds(30)) {
                    world.publishers.acceptedCount >= FaultWorld.eventsMin
                }
            }
            try await world.judge("a")
            Self.checkRepeats(world, restarts)
            #expect(world.fleet.processes.map(\.process.identifier) == before)
            for (name, process) in world.fleet.processes { #expect(process.isRunning, "\(name) ended by itself") }
        }

        /// What comes again was settled when it could not be committed: shortly before a kill, or until all had joined
        /// anew.
        private static func checkRepeats(_ world: FaultWorld, _ restarts: [Range<ContinuousClock.Instant>]) {
            let ledger = FaultLedger(world.sink.deliveries.map { ($0, nil) })
            let doubtful = world.publishers.doubtful
            var unexplained = ledger.repeats.filter { !doubtful.contains($0.id) }
            for (index, restart) in restarts.enumerated() {
                let window = (restart.lowerBound - Self.uncommitted)...(restart.upperBound + Self.joining)
                let repeats = unexplained.filter { $0.at >= restart.lowerBound && window.contains($0.settledAt) }
                let bound = ledger.settled.values.count { window.contains($0.at) }
                let oldest = repeats.map { $0.settledAt.duration(to: restart.lowerBound).wholeMilliseconds }.max()
                print(
                    "  kill \(index + 1): \(repeats.count) repeats, at most \(bound);",
                    "the oldest was settled \(oldest.map { "\($0)" } ?? "-") ms before it")
                #expect(repeats.count <= bound)
                unexplained.removeAll { $0.at >= restart.lowerBound && window.contains($0.settledAt) }
            }
            #expect(unexplained.isEmpty, "committed, and sent again: \(unexplained.prefix(5))")
        }
    }
}
