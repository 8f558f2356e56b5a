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
        private static let sessionTimeout = Duration.seconds(2)
        /// What noida allows at least.
        private static let noidaSessionTimeout = Duration.seconds(6)
        /// Longer than a replica may be unheard of.
        private static let long = Self.sessionTimeout + .seconds(2)
        private static let clock = ContinuousClock()

        /// On the broker that puts members out of the group.
        @Test(.needs(.tansu, to: .evictsDeadMembers), .timeLimit(.minutes(30)))
        func nothingIsLostWhileReplicasAndNetworksFail() async throws {
            try await TansuBroker.with { broker in
                try await RecordingSink.with { sink in
                    try await Fleet.with(
                        brokerPort: broker.proxy.port, sessionTimeout: Self.sessionTimeout
                    ) { fleet in
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
            try await Self.onNoida { broker, world in
                try await world.run {
                    for _ in 0..<Self.rounds {
                        try await Self.kill("a", world)
                        try await world.strike("the broker restarts", ["a", "b", "c"]) {
                            // What it had not written yet it would lose.
                            try await world.calmly {
                                try await broker.settle()
                                try await broker.restart()
                            }
                        }
                        try await world.strike("the broker says nothing", ["a", "b", "c"]) {
                            broker.pause()
                            try await Self.clock.sleep(for: .seconds(2))
                            broker.resume()
                        }
                    }
                }
                try await world.judge("c")
            }
        }

        /// Each partition has events that its sink does not take, with settled ones behind them, when it moves.
        @Test(.needs(.noida), .timeLimit(.minutes(3)))
        func anOrderlyRebalanceSendsNothingAgain() async throws {
            try await Self.onNoida { _, world in
                world.refuseKeys(endingIn: "k0")
                try await world.publish(FaultWorld.eventsMin)
                try await world.settle("all but the refused keys", exceptRefused: true)
                // The last commit has been made.
                try await Self.clock.sleep(for: Fleet.commitInterval * 3)
                try await world.fleet.start("d", comesToStay: false)
                try await world.fleet.takesPart("d")
                try await Self.clock.sleep(for: .seconds(3))
                #expect(try await world.fleet.process("d").terminate() == 0)
                try await Self.clock.sleep(for: .seconds(3))
                #expect(try await world.fleet.process("b").terminate() == 0)
                try await world.fleet.start("b")
                try await world.fleet.takesPart("b")
                world.refuseKeys(endingIn: nil)
                try await world.settle("the refused keys too")
                try await world.judge("b")
            }
        }

        private static func onNoida(_ body: (NoidaBroker, FaultWorld) async throws -> Void) async throws {
            try await NoidaBroker.with { broker in
                try await RecordingSink.with { sink in
                    try await Fleet.with(
                        brokerPort: broker.port, isStatic: true, sessionTimeout: Self.noidaSessionTimeout
                    ) { fleet in
                        // Members that join at the same time it lets wait.
                        for name in ["a", "b", "c"] {
                            try await fleet.start(name)
                            try await fleet.takesPart(name)
                        }
                        try await body(broker, FaultWorld(fleet, sink, on: .noida))
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
            try await Self.clock.sleep(for: .seconds(1))
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
