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

        @Test(.needs(.tansu, to: .evictsDeadMembers), .timeLimit(.minutes(3)))
        func nothingIsLostWhileTheBrokerIsKilledUnderLoad() async throws {
            try await SeaweedStore.with { seaweed in
                try await TansuBroker.with(on: seaweed.tansuStore) { broker in
                    try await RecordingSink.with { sink in
                        try await Fleet.with(
                            brokerPort: broker.proxy.port, sessionTimeout: Self.sessionTimeout
                        ) { fleet in
                            for name in Self.replicas { try await fleet.start(name) }
                            try await Self.check(broker, FaultWorld(fleet, sink, on: .tansu))
                        }
                    }
                }
            }
        }

        private static func check(_ broker: TansuBroker, _ world: FaultWorld) async throws {
            let before = world.fleet.processes.map(\.process.identifier)
            try await world.run {
                for pause in Self.pauses {
                    try await world.strike("the broker is killed and away for \(pause)", Self.replicas) {
                        try await broker.restart(after: pause)
                    }
                }
            }
            try await world.judge("a")
            #expect(world.fleet.processes.map(\.process.identifier) == before)
            for (name, process) in world.fleet.processes { #expect(process.isRunning, "\(name) ended by itself") }
        }
    }
}
