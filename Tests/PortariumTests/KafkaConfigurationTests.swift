import CloudEvents
import EventLog
import KafkaEventLog
import Testing

@testable import Portarium

/// The settings of the log on Kafka: what is taken, what is refused, and what is never shown.
struct KafkaConfigurationTests {
    private static let secret = "pssst-3f9c"

    private func read(
        _ yaml: String, environment: [String: String] = [:], overrides: [String: String] = [:]
    ) async throws -> RouterConfiguration {
        try await TemporaryFile.with(yaml) { file in
            try await RouterConfigurationReader(overrides: overrides, environment: environment, file: file.path).read()
                .configuration
        }
    }

    private func faults(_ yaml: String, environment: [String: String] = [:]) async throws -> [String] {
        do {
            _ = try await self.read(yaml, environment: environment)
            return []
        } catch let failure as CommandFailure {
            return failure.details
        }
    }

    @Test func withoutBrokersTheLogIsTheEmbeddedOne() async throws {
        #expect(try await !self.read("").isOnKafka)
        #expect(try await self.read("kafka: {brokers: [a:9092]}").isOnKafka)
        let fromEverywhere = try await self.read(
            "kafka: {brokers: [a:9092]}", environment: ["PORTARIUM_KAFKA_BROKERS": "b:1"],
            overrides: ["kafka.brokers": "c:1, [::1]:2"])
        #expect(fromEverywhere.kafkaEventLog.brokers == "c:1,[::1]:2")
    }

    @Test(arguments: ["a", "a:", ":9092", "a:0", "a:65536", "SSL://a:9092", "::1:9092", "[]:1", "a/b:1"])
    func aBrokerThatIsNoHostAndPortIsRefusedAtItsPlace(_ broker: String) {
        let check = ConfigurationCheck(Array("kafka:\n  brokers:\n    - good:1\n    - '\(broker)'\n".utf8))
        #expect(check.issues.map(\.line) == [4])
        #expect(check.issues.first?.message.hasPrefix("kafka.brokers '\(broker)' must be written host:port") == true)
    }

    @Test func everySettingReachesTheLog() async throws {
        let configuration = try await self.read(
            """
            log: {topicPrefix: p, appendQueueRecordsMax: 20000, appendQueueBytesMax: 9000000}
            kafka:
              brokers: [a:1, b:2]
              clientId: c
              instanceId: i
              compression: zstd
              lingerMilliseconds: 3
              recordBytesMax: 2000000
              deliveryTimeoutMilliseconds: 20000
              readersMax: 5
              prefetchBytesMax: 6000000
              fetchBytesMax: 7000000
              sessionTimeoutMilliseconds: 8000
              requestTimeoutMilliseconds: 9000
              properties: ["socket.keepalive.enable=true", "debug=a=b"]
            """)
        let log = configuration.kafkaEventLog
        #expect(log.brokers == "a:1,b:2")
        #expect(log.prefix == "p")
        #expect(log.clientID == "c")
        #expect(log.instanceID == "i")
        #expect(log.compression == .zstd)
        #expect(log.lingerMilliseconds == 3)
        #expect(log.recordBytesMax == 2_000_000)
        #expect(log.deliveryTimeoutMilliseconds == 20_000)
        #expect(log.readersMax == 5)
        #expect(log.prefetchBytesMax == 6_000_000)
        #expect(log.fetchBytesMax == 7_000_000)
        #expect(log.sessionTimeoutMilliseconds == 8_000)
        #expect(log.requestTimeoutMilliseconds == 9_000)
        #expect(log.queueRecordsMax == 20_000)
        #expect(log.queueBytesMax == 9_000_000)
        #expect(log.properties == ["socket.keepalive.enable": "true", "debug": "a=b"])
        #expect(log.security == KafkaSecurity())
    }

    @Test func defaultsAreThoseOfTheLog() {
        let (log, defaults) = (RouterConfiguration().kafkaEventLog, KafkaEventLogConfiguration(brokers: ""))
        #expect(log.description == defaults.description)
        #expect(log.instanceID == nil)
        #expect(log.compression == defaults.compression)
        let numbers = { (log: KafkaEventLogConfiguration) in
            [
                log.recordBytesMax, log.queueRecordsMax, log.queueBytesMax, log.lingerMilliseconds,
                log.deliveryTimeoutMilliseconds, log.readersMax, log.prefetchBytesMax, log.fetchBytesMax,
                log.sessionTimeoutMilliseconds, log.requestTimeoutMilliseconds,
            ]
        }
        #expect(numbers(log) == numbers(defaults))
    }

    @Test func everyMechanismIsMapped() async throws {
        let password = Self.secret
        for (name, expected) in [
            ("PLAIN", KafkaSecurity.Authentication.plain(user: "u", password: password)),
            ("SCRAM-SHA-256", .scramSHA256(user: "u", password: password)),
            ("SCRAM-SHA-512", .scramSHA512(user: "u", password: password)),
        ] {
            let yaml = "kafka: {saslMechanism: \(name), saslUser: u, saslPassword: \(password)}"
            #expect(try await self.read(yaml).kafkaEventLog.security == KafkaSecurity(authentication: expected))
        }
        let yaml = """
            kafka:
              saslMechanism: OAUTHBEARER
              oauthTokenEndpoint: https://issuer/token
              oauthClientId: c
              oauthClientSecret: \(password)
              oauthScope: kafka
            """
        #expect(
            try await self.read(yaml).kafkaEventLog.security.authentication
                == .oauthBearer(
                    tokenEndpoint: "https://issuer/token", clientID: "c", clientSecret: password, scope: "kafka"))
    }

    @Test func encryptionIsMapped() async throws {
        let yaml = """
            kafka:
              tls: true
              tlsAuthorityFile: /ca.pem
              tlsCertificateFile: /me.pem
              tlsKeyFile: /me.key
              tlsKeyPassword: \(Self.secret)
              tlsVerifiesHostname: false
            """
        let tls = try #require(try await self.read(yaml).kafkaEventLog.security.tls)
        #expect(tls.authorityFile == "/ca.pem")
        #expect(tls.certificateFile == "/me.pem")
        #expect(tls.keyFile == "/me.key")
        #expect(tls.keyPassword == Self.secret)
        #expect(!tls.verifiesHostname)
        #expect(try await self.read("kafka: {tls: true}").kafkaEventLog.security.tls == KafkaSecurity.TLS())
    }

    @Test func whatPromisesRestOnCannotBeSet() async throws {
        for name in KafkaEventLogConfiguration.reservedProperties {
            let faults = try await self.faults("", environment: ["PORTARIUM_KAFKA_PROPERTIES": "\(name)=1"])
            #expect(
                faults == [
                    "PORTARIUM_KAFKA_PROPERTIES: names '\(name)', which the router's promises rest on: leave it out"
                ])
        }
    }

    @Test func aPropertyWithASettingOfItsOwnIsRefusedAndTheSettingIsThere() async throws {
        let names = Set(ConfigurationKey.table.map(\.name))
        for (name, setting) in KafkaProperty.ownSettings {
            #expect(names.contains(setting), "\(setting)")
            #expect(KafkaProperty.fault(ofName: name)?.contains("use \(setting)") == true)
        }
        #expect(KafkaProperty.fault(ofName: "socket.nagle.disable") == nil)
    }

    @Test(arguments: [
        ("limits: {eventBytesMax: 2000000}\nkafka: {brokers: [a:1]}", "limits.eventBytesMax"),
        ("kafka: {lingerMilliseconds: 40000}", "kafka.deliveryTimeoutMilliseconds"),
        ("kafka: {requestTimeoutMilliseconds: 40000}", "kafka.deliveryTimeoutMilliseconds"),
        ("kafka: {saslMechanism: PLAIN, saslUser: u}", "kafka.saslUser and kafka.saslPassword (or"),
        ("kafka: {saslMechanism: PLAIN, saslPasswordFile: /f}", "kafka.saslUser and kafka.saslPassword (or"),
        ("kafka: {saslUser: u}", "kafka.saslUser and kafka.saslPassword are for"),
        ("kafka: {saslMechanism: OAUTHBEARER, oauthClientId: c}", "kafka.oauthTokenEndpoint"),
        ("kafka: {oauthScope: s}", "the kafka.oauth… settings"),
        ("kafka: {tls: true, tlsCertificateFile: /c}", "kafka.tlsCertificateFile and kafka.tlsKeyFile"),
        ("kafka: {tlsKeyPassword: p}", "kafka.tlsKeyPassword is for a key"),
        ("kafka: {tlsAuthorityFile: /c}", "kafka.tlsAuthorityFile and"),
        ("kafka: {saslMechanism: PLAIN, saslUser: u, saslPassword: p, saslPasswordFile: /f}", "kafka.saslPassword and"),
    ])
    func contradictionsAreRefused(yaml: String, start: String) async throws {
        let faults = try await self.faults(yaml)
        #expect(faults.count == 1)
        #expect(faults.first?.contains(start) == true, "\(faults)")
    }

    @Test func whatAFileLacksMayComeFromTheEnvironment() async throws {
        let yaml = "kafka: {saslMechanism: PLAIN, saslUser: u}"
        #expect(ConfigurationCheck(Array(yaml.utf8)).issues == [])
        let configuration = try await self.read(yaml, environment: ["PORTARIUM_KAFKA_SASL_PASSWORD": "12345"])
        #expect(configuration.kafka.saslPassword.revealed == "12345")
    }

    @Test(arguments: ["12345", "true", "0x1F", "1.50", "'a#b'"])
    func aPasswordThatLooksLikeANumberIsTakenAsItIsWritten(_ text: String) async throws {
        let configuration = try await self.read("kafka: {saslMechanism: PLAIN, saslUser: u, saslPassword: \(text)}")
        #expect(configuration.kafka.saslPassword.revealed == text.filter { $0 != "'" })
    }

    @Test func theDefaultLimitOfEventsGivesWayToTheBrokers() async throws {
        #expect(try await self.read("").eventLimits.eventBytesMax == 1_048_576)
        #expect(try await self.read("kafka: {brokers: [a:1]}").eventLimits.eventBytesMax == 983_040)
        let large = "limits: {eventBytesMax: 2000000}\nkafka: {brokers: [a:1], recordBytesMax: 2065536}"
        #expect(try await self.read(large).eventLimits.eventBytesMax == 2_000_000)
    }

    @Test func topicsHaveTheDeclaredReplicas() async throws {
        let three = try await self.read("kafka: {brokers: [a:1], replicationFactor: 3}")
        #expect(Set(three.allTopics(try three.routingTable()).map(\.replicas)) == [3])
        let unnamed = try await self.read("kafka: {brokers: [a:1]}")
        #expect(Set(unnamed.allTopics(try unnamed.routingTable()).map(\.replicas)) == [nil])
    }
}
