import BrokerTraits
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

        /// On the broker that puts members out of the group.
        @Test(.needs(.tansu, to: .evictsDeadMembers), .timeLimit(.minutes(30)))
        func nothingIsLostWhileReplicasAndNetworksFail() async throws {
            try await TansuBroker.with { broker in
                try await RecordingSink.with { sink in
                    try await Fleet.with(brokerPort: broker.proxy.port) { fleet in
                        for name in ["a", "b", "c"] { try await fleet.start(name) }
                        let world = FaultWorld(fleet, sink, on: .tansu)
                        try await world.run {
                            for _ in 0..<Self.rounds {
                                try await Self.kill("a", world)
                                try await Self.stop("b", world)
                                try await Self.breakNetworks(world)
                                try await world.strike("all are cut off", ["a", "b", "c"]) {
                                    try await broker.proxy.takeDown()
                                    try await Self.clock.sleep(for: .seconds(3))
                                    try await broker.proxy.heal()
                                }
                                try await Self.comeAndGo(world)
                            }
                        }
                        try await world.judge("c")
                    }
                }
            }
        }

        /// On the broker that keeps its data, and never forgets a member: replicas keep their names.
        @Test(.needs(.noida, to: .keepsData), .timeLimit(.minutes(30)))
        func nothingIsLostWhileTheBrokerAndReplicasRestart() async throws {
            try await NoidaBroker.with { broker in
                try await RecordingSink.with { sink in
                    try await Fleet.with(brokerPort: broker.port, isStatic: true) { fleet in
                        for name in ["a", "b", "c"] { try await fleet.start(name) }
                        let world = FaultWorld(fleet, sink, on: .noida)
                        try await world.run {
                            for _ in 0..<Self.rounds {
                                try await Self.comeAndGo(world)
                                try await Self.kill("a", world)
                                try await world.strike("the broker restarts", ["a", "b", "c"]) {
                                    try await broker.restart()
                                }
                                try await world.strike("the broker says nothing", ["a", "b", "c"]) {
                                    broker.pause()
                                    try await Self.clock.sleep(for: .seconds(1))
                                    broker.resume()
                                }
                            }
                        }
                        try await world.judge("c")
                    }
                }
            }
        }

        private static func kill(_ name: String, _ world: FaultWorld) async throws {
            try await world.strike("\(name) is killed", [name]) {
                try await world.fleet.process(name).kill()
                try await world.fleet.start(name)
                try await world.fleet.takesPart(name)
            }
        }

        private static func stop(_ name: String, _ world: FaultWorld) async throws {
            let replica = try world.fleet.process(name)
            try await world.strike("\(name) is stopped past its session", [name]) {
                replica.pause()
                try await Self.clock.sleep(for: Self.long)
                replica.resume()
            }
            #expect(replica.isRunning)
        }

        private static func breakNetworks(_ world: FaultWorld) async throws {
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
        }

        /// No fault: what was settled before is not sent again.
        private static func comeAndGo(_ world: FaultWorld) async throws {
            let fleet = world.fleet
            try await Self.clock.sleep(for: .seconds(3))
            try await world.rearrange("d comes and goes") {
                try await fleet.start("d", comesToStay: false)
                try await fleet.takesPart("d")
                #expect(try await fleet.process("d").terminate() == 0)
            }
            try await world.rearrange("b is restarted") {
                #expect(try await fleet.process("b").terminate() == 0)
                try await fleet.start("b")
                try await fleet.takesPart("b")
            }
        }
    }
}
