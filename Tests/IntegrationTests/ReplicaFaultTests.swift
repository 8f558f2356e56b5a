import Foundation
import KafkaTestKit
import ProcessKit
import Testing

extension IntegrationTests {
    /// Replicas on Kafka, under load, while everything around them breaks.
    struct ReplicaFaultTests {
        /// `PORTARIUM_FAULT_ROUNDS` makes it a long one.
        private static let rounds =
            ProcessInfo.processInfo.environment["PORTARIUM_FAULT_ROUNDS"].flatMap(Int.init) ?? 1
        /// Longer than a replica may be unheard of.
        private static let long = Fleet.sessionTimeout + .seconds(2)
        private static let clock = ContinuousClock()

        @Test(
            .enabled(if: ServiceFiles.areInstalled, "scripts/test-services.sh was not run"), .timeLimit(.minutes(30)))
        func nothingIsLostWhileReplicasAndNetworksFail() async throws {
            try await TansuBroker.with { broker in
                try await RecordingSink.with { sink in
                    try await Fleet.with(brokerPort: broker.proxy.port) { fleet in
                        for name in ["a", "b", "c"] { try await fleet.start(name) }
                        let world = FaultWorld(fleet, sink)
                        try await world.run {
                            for _ in 0..<Self.rounds {
                                try await Self.killAndStop(world)
                                try await Self.breakNetworks(world, broker)
                                try await Self.comeAndGo(world)
                            }
                        }
                        try await world.judge("c")
                    }
                }
            }
        }

        private static func killAndStop(_ world: FaultWorld) async throws {
            let fleet = world.fleet
            try await world.strike("a is killed", ["a"]) { try await fleet.process("a").kill() }
            try await fleet.start("a")
            try await fleet.takesPart("a")
            try await world.strike("b is stopped past its session", ["b"]) {
                let replica = try fleet.process("b")
                replica.pause()
                try await Self.clock.sleep(for: Self.long)
                replica.resume()
            }
            #expect(try fleet.process("b").isRunning)
        }

        private static func breakNetworks(_ world: FaultWorld, _ broker: TansuBroker) async throws {
            let fleet = world.fleet
            try await world.strike("c is cut off", ["c"]) {
                try await fleet.network("c").takeDown()
                try await Self.clock.sleep(for: Self.long)
                try await fleet.network("c").heal()
            }
            try await world.strike("a hears nothing", ["a"]) {
                try await fleet.network("a").setBlackHole(true)
                try await Self.clock.sleep(for: Self.long)
                try await fleet.network("a").heal()
            }
            try await world.strike("all are cut off", ["a", "b", "c"]) {
                try await broker.proxy.takeDown()
                try await Self.clock.sleep(for: .seconds(3))
                try await broker.proxy.heal()
            }
        }

        /// No fault: what was settled before is not sent again.
        private static func comeAndGo(_ world: FaultWorld) async throws {
            try await Self.clock.sleep(for: .seconds(3))
            try await world.fleet.start("d")
            try await world.fleet.takesPart("d")
            #expect(try await world.fleet.process("d").terminate() == 0)
            try await world.settle("what was accepted until d went")
            #expect(try await world.fleet.process("b").terminate() == 0)
            try await world.fleet.start("b")
            try await world.fleet.takesPart("b")
            try await world.settle("what was accepted until b came back")
        }
    }
}
