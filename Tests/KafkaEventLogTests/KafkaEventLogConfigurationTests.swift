import RouterTestKit
import Testing

@testable import KafkaEventLog

struct KafkaEventLogConfigurationTests {
    @Test func whatThePromisesRestOnCannotBeSet() {
        for name in ["acks", "enable.idempotence", "enable.auto.commit", "isolation.level"] {
            #expect(KafkaEventLogConfiguration.reservedProperties.contains(name))
        }
    }

    @Test(arguments: [1_024, 131_072, 1_000_000, 2_147_483_135])
    func everyLimitOfAFetchMakesAReader(_ bytes: Int) throws {
        var configuration = KafkaEventLogConfiguration(brokers: "")
        configuration.recordBytesMax = min(bytes, configuration.recordBytesMax)
        configuration.fetchBytesMax = bytes
        let settings = KafkaSettings.reader(configuration, waitMilliseconds: 10)
        try KafkaHandle(.consumer, settings, logger: LogLines().logger).destroy()
    }

    @Test(arguments: [
        KafkaSecurity(authentication: .plain(user: "u", password: "pssst")),
        KafkaSecurity(authentication: .scramSHA512(user: "u", password: "pssst")),
        KafkaSecurity(
            authentication: .oauthBearer(tokenEndpoint: "e", clientID: "c", clientSecret: "pssst", scope: nil)),
    ])
    func whatTheClientSaysIsShownWithoutSecrets(_ security: KafkaSecurity) {
        var configuration = KafkaEventLogConfiguration(brokers: "")
        configuration.security = security
        let settings = KafkaSettings.reader(configuration, waitMilliseconds: 10)
        #expect(settings.safe("a pssst and a pssst") == "a … and a …")
        #expect(settings.safe("nothing") == "nothing")
    }

    /// Producers and consumers get the same properties, and each ignores what is for the other.
    @Test func aPropertyOfConsumersIsNoWarningOfAProducer() throws {
        #expect(try Self.warnings(["max.poll.interval.ms": "600000"]).isEmpty)
        #expect(try Self.warnings(["socket.blocking.max.ms": "10"]).count == 1, "a deprecated property is one")
    }

    /// What a producer warns of that is made and ended.
    private static func warnings(_ properties: [String: String]) throws -> [String] {
        let lines = LogLines()
        // Without brokers there is no trouble with them.
        var configuration = KafkaEventLogConfiguration(brokers: "")
        configuration.properties = properties
        try KafkaHandle(.producer, KafkaSettings.producer(configuration), logger: lines.logger).destroy()
        return lines.all.filter { $0.hasPrefix("warning") }
    }
}
