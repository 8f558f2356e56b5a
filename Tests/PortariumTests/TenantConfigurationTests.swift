import EventLog
import TenantLimits
import Testing

@testable import Portarium

/// Settings of what tenants may use.
struct TenantConfigurationTests {
    private func read(_ text: String) async throws -> RouterConfiguration {
        try await TemporaryFile.with(text) { file in
            try await RouterConfigurationReader(environment: [:], file: file.path).read().configuration
        }
    }

    @Test func everySettingArrives() async throws {
        let configuration = try await self.read(
            """
            limits:
              tenantEventsPerSecond: 100
              tenantEventsBurst: 200
              tenantBytesPerSecond: 1000
              tenantBytesBurst: 2000
              tenantSubscriptionsMax: 7
              tenantDeadLettersMax: 8
              replicas: 3
            webhooks: {endpointsPerTenantMax: 9}
            dispatch: {inFlightPerTenantMax: 10}
            log: {topicPrefix: mine}
            """)
        let limits = configuration.tenantLimits
        #expect(limits[.eventsPerSecond] == 100 && limits[.eventsBurst] == 200)
        #expect(limits[.bytesPerSecond] == 1_000 && limits[.bytesBurst] == 2_000)
        #expect(limits[.subscriptions] == 7 && limits[.deadLetters] == 8)
        #expect(limits[.endpoints] == 9 && limits[.inFlight] == 10)
        #expect(configuration.tenants.replicas == 3)
        let topics = configuration.allTopics(try configuration.routingTable())
        #expect(topics.contains { $0.topic.name == "mine.tenant-limits" && $0.isCompacted })
    }

    @Test func withoutSettingsNoRateIsLimited() {
        let limits = RouterConfiguration().tenantLimits
        #expect(limits.cap(.eventsPerSecond) == nil && limits.cap(.bytesPerSecond) == nil)
        #expect(limits[.weight] == 1)
    }

    @Test(arguments: ["limits: {tenantEventsBurst: 5}", "limits: {tenantBytesBurst: 5}"])
    func aBurstNeedsARate(text: String) async {
        await #expect(throws: CommandFailure.self) { _ = try await self.read(text) }
    }
}
