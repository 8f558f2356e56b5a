import BrokerTraits
import CRdKafka
import EventLog
import KafkaEventLog
import KafkaTestKit
import ProcessKit
import RouterTestKit
import Testing

/// Signing in with a password, at a listener that asks for it.
@Suite(.needs(.noida), .timeLimit(.minutes(2)))
struct KafkaSASLTests {
    private static let passwords: [SASLMechanism] = [.plain, .scramSHA256, .scramSHA512]

    private static func listener(_ mechanism: SASLMechanism) -> ListenerSecurity {
        ListenerSecurity(sasl: .init([mechanism], users: [SecuredLog.user: SecuredLog.password]))
    }

    private static func client(
        _ mechanism: SASLMechanism, user: String = SecuredLog.user, password: String = SecuredLog.password
    ) -> KafkaSecurity {
        switch mechanism {
        case .scramSHA256: KafkaSecurity(authentication: .scramSHA256(user: user, password: password))
        case .scramSHA512: KafkaSecurity(authentication: .scramSHA512(user: user, password: password))
        default: KafkaSecurity(authentication: .plain(user: user, password: password))
        }
    }

    @Test(arguments: passwords) func theRightPasswordLetsEveryClientIn(_ mechanism: SASLMechanism) async throws {
        try await SecuredLog.with(Self.listener(mechanism), Self.client(mechanism)) {
            try await $0.appendsAndReadsBack()
        }
    }

    @Test func aPasswordOfAnyCharactersLetsIn() async throws {
        let (user, password) = ("a,b=c", #"pä=,"' \$ssst"#)
        for mechanism in Self.passwords {
            let listener = ListenerSecurity(sasl: .init([mechanism], users: [user: password]))
            let client = Self.client(mechanism, user: user, password: password)
            try await SecuredLog.with(listener, client) { try await $0.log.probe() }
        }
    }

    @Test func aMemberOfTheGroupSignsInToo() async throws {
        try await SecuredLog.with(Self.listener(.scramSHA512), Self.client(.scramSHA512)) { secured in
            let topic = Topic("\(secured.prefix).t")
            try await secured.log.createTopic(TopicSpecification(topic: topic, partitions: 2))
            let notes = PartitionNotes()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await secured.log.takePart(in: [topic], notes) }
                try await eventually("the partitions are there") { notes.held.count == 2 }
                await secured.log.leave()
                try await group.waitForAll()
            }
        }
    }

    @Test(arguments: passwords) func aWrongPasswordIsNamed(_ mechanism: SASLMechanism) async throws {
        let listener = ListenerSecurity(sasl: .init([mechanism], users: [SecuredLog.user: "another"]))
        try await SecuredLog.with(listener, Self.client(mechanism), SecuredLog.impatient) {
            await $0.expectRefusals(
                saying: "SASL authentication error", mechanism.rawValue,
                "look at the mechanism, the user and the password")
        }
    }

    @Test(arguments: passwords) func anUnknownUserIsNamed(_ mechanism: SASLMechanism) async throws {
        try await SecuredLog.with(
            Self.listener(mechanism), Self.client(mechanism, user: "nobody"), SecuredLog.impatient
        ) {
            await $0.expectRefusals(
                saying: "SASL authentication error", "look at the mechanism, the user and the password")
        }
    }

    /// Kafka 4 compares nonces as the standard has it; https://github.com/confluentinc/librdkafka/pull/4895
    @Test func brokersThatCompareNoncesNeedANewerClientAndItIsSaid() async throws {
        var listener = Self.listener(.scramSHA256)
        listener.sasl?.takesRepeatedNonces = false
        let isTaken = rd_kafka_version() >= 0x0206_01ff
        let change = isTaken ? { _ in } : SecuredLog.impatient
        try await SecuredLog.with(listener, Self.client(.scramSHA256), change) { secured in
            if isTaken { return try await secured.appendsAndReadsBack() }
            await secured.expectRefusals(
                saying: "SASL authentication error", "librdkafka 2.6.1", String(cString: rd_kafka_version_str()))
        }
    }

    @Test func aMechanismThatTheBrokersDoNotHaveIsNamedWithTheirs() async throws {
        try await SecuredLog.with(Self.listener(.scramSHA512), Self.client(.plain), SecuredLog.impatient) {
            await $0.expectRefusals(
                saying: "PLAIN", "SCRAM-SHA-512", "take a mechanism that the brokers have")
        }
    }

    /// Such brokers close the connection without a word.
    @Test func whoDoesNotSignInIsToldThatTheBrokersMayWantIt() async throws {
        try await SecuredLog.with(Self.listener(.plain), KafkaSecurity(), SecuredLog.impatient) {
            await $0.expectRefusals(saying: "whether they want TLS or SASL")
        }
    }

    @Test func aMemberThatIsNotLetInSaysWhy() async throws {
        let listener = ListenerSecurity(sasl: .init([.scramSHA256], users: [:]))
        try await SecuredLog.with(listener, Self.client(.scramSHA256)) { secured in
            let notes = PartitionNotes()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await secured.log.takePart(in: [Topic("\(secured.prefix).t")], notes) }
                try await eventually("the log tells why") {
                    secured.lines.whole.contains { $0.contains("SASL authentication error") }
                }
                await secured.log.leave()
                try await group.waitForAll()
            }
            #expect(notes.held.isEmpty)
        }
    }
}
