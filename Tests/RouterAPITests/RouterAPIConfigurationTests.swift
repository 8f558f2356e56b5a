import RouterAPI
import Testing

struct RouterAPIConfigurationTests {
    @Test func theDefaultsAreWithinBounds() {
        #expect(RouterAPIConfiguration().faults.isEmpty)
    }

    @Test func everyFieldOutOfBoundsIsNamed() {
        var configuration = RouterAPIConfiguration()
        configuration.streamHeartbeatInterval = .zero
        configuration.streamRetryMilliseconds = 60_001
        configuration.streamsMax = 0
        configuration.streamsPerTenantMax = 0
        configuration.streamEndMax = .seconds(-1)
        configuration.streamWriteBytesMax = 0
        configuration.documentBytesMax = 0
        configuration.retryAfterSeconds = -1
        let names = configuration.faults.compactMap { $0.split(separator: " ").first }
        #expect(
            names == [
                "streamHeartbeatInterval", "streamRetryMilliseconds", "streamsMax", "streamsPerTenantMax",
                "streamEndMax",
                "streamWriteBytesMax", "documentBytesMax", "retryAfterSeconds",
            ])
    }
}
