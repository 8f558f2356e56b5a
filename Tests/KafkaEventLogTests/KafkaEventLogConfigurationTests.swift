import KafkaEventLog
import Testing

struct KafkaEventLogConfigurationTests {
    @Test func whatThePromisesRestOnCannotBeSet() {
        for name in ["acks", "enable.idempotence", "enable.auto.commit", "isolation.level"] {
            #expect(KafkaEventLogConfiguration.reservedProperties.contains(name))
        }
    }
}
