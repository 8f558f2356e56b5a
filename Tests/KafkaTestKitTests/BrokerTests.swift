import BrokerTraits
import CRdKafka
import Foundation
import KafkaTestKit
import ObjectStoreTestKit
import ProcessKit
import Testing

/// Every broker starts, is one, and leaves nothing behind.
struct BrokerTests {
    @Test(.needs(.noida)) func noidaServesUntilItIsStopped() async throws {
        try await NoidaBroker.with { broker in
            let answer = try await TinyClient.roundTrip(broker.bootstrap, topic: "round-trip")
            #expect(answer == "hello")
            await broker.stop()
            #expect(!broker.isRunning)
            #expect(await !KafkaProbe.answers(port: broker.port))
        }
    }

    @Test(.needs(.noida)) func noidaKeepsItsDataOverARestart() async throws {
        try await NoidaBroker.with { broker in
            try await TinyClient.with(RD_KAFKA_PRODUCER, broker.bootstrap) { try await $0.produce("kept", to: "kept") }
            try await broker.restart()
            try await Self.expect("kept", in: "kept", of: broker)
        }
    }

    @Test(.needs(.noida)) func whatNoidaSettledSurvivesAKill() async throws {
        try await NoidaBroker.with { broker in
            try await TinyClient.with(RD_KAFKA_PRODUCER, broker.bootstrap) {
                try await $0.produce("settled", to: "settled")
            }
            try await broker.settle()
            await broker.kill()
            try await broker.restart()
            try await Self.expect("settled", in: "settled", of: broker)
        }
    }

    @Test(.needs(.noida)) func allTestsOfAProcessShareOneNoida() async throws {
        async let one = NoidaBroker.shared()
        async let other = NoidaBroker.shared()
        #expect(try await one === other)
        #expect(try await KafkaProbe.answers(port: one.port))
    }

    @Test(.needs(.noida)) func clientsOfNoidaStayBehindAProxyThatReplacesItsPort() async throws {
        let broker = try await NoidaBroker.shared()
        try await TCPProxy.with(upstreamPort: broker.port, portMap: nil) { proxy in
            let bootstrap = "127.0.0.1:\(proxy.port)"
            let ports = try await TinyClient.with(RD_KAFKA_PRODUCER, bootstrap) { try await $0.advertisedPorts() }
            #expect(ports == [proxy.port])
            let answer = try await TinyClient.roundTrip(bootstrap, topic: "behind-\(UUID().uuidString)")
            #expect(answer == "hello")
        }
    }

    @Test(.needs(.tansu)) func tansuServesBehindItsProxy() async throws {
        try await TansuBroker.with { broker in
            let ports = try await TinyClient.with(RD_KAFKA_PRODUCER, broker.bootstrap) {
                try await $0.advertisedPorts()
            }
            #expect(ports == [broker.proxy.port])
            let answer = try await TinyClient.roundTrip(broker.bootstrap, topic: "round-trip")
            #expect(answer == "hello")
            await broker.stop()
            #expect(!broker.isRunning)
        }
    }

    @Test(
        .needs(.tansu), .disabled(if: SeaweedStore.absence != nil, Comment(rawValue: SeaweedStore.absence ?? "")))
    func whatTansuPutIntoAStoreSurvivesAKill() async throws {
        try await SeaweedStore.with { seaweed in
            try await TansuBroker.with(on: seaweed.tansuStore) { broker in
                let idempotent = ["enable.idempotence": "true"]
                try await TinyClient.with(RD_KAFKA_PRODUCER, broker.bootstrap, idempotent) { producer in
                    try await producer.produce("before", to: "kept")
                    try await broker.restart()
                    // The producer's place is known still.
                    try await producer.produce("after", to: "kept")
                }
                let settings = [
                    "group.id": "readers", "auto.offset.reset": "earliest", "session.timeout.ms": "2000",
                    "heartbeat.interval.ms": "500",
                ]
                try await TinyClient.with(RD_KAFKA_CONSUMER, broker.bootstrap, settings) { reader in
                    try reader.subscribe(to: "kept")
                    for expected in ["before", "after"] {
                        let answer = try await reader.consume(withinMilliseconds: 20_000)
                        #expect(answer == expected)
                    }
                }
            }
        }
    }

    @Test(.needs(.tansu)) func tansuInMemoryCannotBeStartedAgain() async throws {
        try await TansuBroker.with { broker in
            await #expect(throws: ChildProcess.Failure.self) { try await broker.restart() }
            #expect(broker.isRunning)
        }
    }

    @Test(.needs(.mockCluster)) func theMockClusterServesAndObeys() async throws {
        try await MockCluster.with(brokers: 2) { cluster in
            try await cluster.createTopic("round-trip", partitions: 1)
            let patient = ["message.timeout.ms": "60000"]
            try await TinyClient.with(RD_KAFKA_PRODUCER, cluster.bootstrap, patient) { producer in
                let ports = try await producer.advertisedPorts()
                #expect(ports.count == 2)
                // REQUEST_TIMED_OUT: the client tries again by itself.
                try await cluster.fail(.produce, code: 7, count: 2)
                try await cluster.setLeader(ofTopic: "round-trip", partition: 0, broker: 2)
                try await cluster.setDelay(ofBroker: 2, milliseconds: 5)
                try await cluster.takeDown(broker: 1)
                try await producer.produce("hello", to: "round-trip")
                try await cluster.bringUp(broker: 1)
            }
            let answer = try await TinyClient.roundTrip(cluster.bootstrap, topic: "round-trip")
            #expect(answer == "hello")
        }
    }

    @Test(.needs(.mockCluster)) func theMockClusterSaysWhatItCouldNotDo() async throws {
        try await MockCluster.with { cluster in
            await #expect(throws: ChildProcess.Failure.self) { try await cluster.takeDown(broker: 99) }
            try await cluster.takeDown(broker: 1)
        }
    }

    private static func expect(_ value: String, in topic: String, of broker: NoidaBroker) async throws {
        let settings = ["group.id": "readers", "auto.offset.reset": "earliest"]
        let answer = try await TinyClient.with(RD_KAFKA_CONSUMER, broker.bootstrap, settings) { reader in
            try reader.subscribe(to: topic)
            return try await reader.consume(withinMilliseconds: 20_000)
        }
        #expect(answer == value)
    }
}

/// What a broker cannot do is known in one place, and a test that needs it says so.
struct BrokerLimitsTests {
    @Test func everyLimitHasItsReasonInTheSkip() {
        for kind in BrokerKind.allCases {
            for feature in BrokerFeature.allCases {
                guard let limit = kind.limit(feature) else { continue }
                let reason = kind.reasonToSkip(needing: [feature])
                #expect(kind.absence != nil || reason == "\(kind) cannot do it. \(feature): \(limit)")
            }
        }
    }

    @Test(arguments: BrokerFeature.allCases) func someBrokerCanDoIt(_ feature: BrokerFeature) {
        #expect(!BrokerKind.able(to: feature).isEmpty)
    }

    /// Once they are installed, a broker that is missing fails tests instead of skipping them.
    @Test(.enabled(if: ServiceFiles.areInstalled, "scripts/test-services.sh could not install them here"))
    func whatTheScriptInstalledIsThere() throws {
        for program in ["noida", "tansu", "mock-cluster"] { _ = try ServiceFiles.program(program) }
        for file in [
            ServiceFiles.python, ServiceFiles.directory.appendingPathComponent("librdkafka-new/librdkafka.so.1"),
        ] {
            #expect(FileManager.default.fileExists(atPath: file.path), "\(file.path)")
        }
    }

    @Test(arguments: BrokerKind.allCases) func casesOfATestAreSkippedByName(_ kind: BrokerKind) throws {
        try kind.skip(unlessAbleTo: .transactions)
        #expect(kind == .noida)
    }
}
