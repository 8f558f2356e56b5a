import ClaimCheck
import CloudEvents
import Foundation
import Ingress
import ObjectStore
import Testing

@testable import Portarium

/// Settings of the object store, and what they make of the limits.
struct ObjectStoreConfigurationTests {
    private static let access =
        "endpoint: 'http://s3:9000', bucket: data, accessKeyId: id, secretAccessKey: the-secret-key"

    private func read(_ text: String) async throws -> RouterConfiguration {
        try await TemporaryFile.with(text) { file in
            try await RouterConfigurationReader(environment: [:], file: file.path).read().configuration
        }
    }

    private func faults(_ text: String) async -> [String] {
        do {
            _ = try await self.read(text)
            return []
        } catch {
            let failure = error as? CommandFailure
            return (failure.map { [$0.message] + $0.details }) ?? ["\(error)"]
        }
    }

    @Test func nothingIsParkedWithoutAnEndpoint() async throws {
        let configuration = try await self.read("")
        #expect(configuration.s3ObjectStore == nil)
        #expect(!configuration.parksData)
        #expect(configuration.ingress.limits.eventBytesMax == 1_048_576)
        #expect(configuration.ingress.eventBytesLimit == "limits.eventBytesMax")
        #expect(configuration.ingress.directBodyBytesMax == .max)
    }

    @Test func everySettingArrives() async throws {
        let configuration = try await self.read(
            """
            objectStore:
              endpoint: https://s3.example.com
              bucket: my-bucket
              region: eu-1
              accessKeyId: id
              secretAccessKey: the-secret-key
              keyPrefix: a/b
              thresholdBytes: 1000
              objectBytesMax: 2000000
              transfersMax: 7
              transferBytesMax: 3000000
              connectionsMax: 9
              connectTimeoutMilliseconds: 11
              timeoutMilliseconds: 13
              attemptsMax: 5
            """)
        let store = try #require(configuration.s3ObjectStore)
        #expect(store.endpoint == "https://s3.example.com")
        #expect([store.bucket, store.region, store.accessKeyID] == ["my-bucket", "eu-1", "id"])
        #expect(store.secretAccessKey == "the-secret-key")
        #expect([store.connectTimeoutMilliseconds, store.timeoutMilliseconds] == [11, 13])
        #expect(store.attemptsMax == 5)
        #expect(store.connectionsMax == 9)
        let parking = configuration.claimCheck
        #expect(parking.keyPrefix == "a/b")
        #expect(parking.thresholdBytes == 1_000)
        #expect(parking.objectBytesMax == 2_000_000)
        #expect(parking.eventBytesMax == 1_048_576)
        #expect(parking.transfersMax == 7)
        #expect(parking.transferBytesMax == 3_000_000)
        #expect(configuration.ingress.directBodyBytesMax == 1_000)
        #expect(configuration.ingress.limits.eventBytesMax == 8_388_608 + 65_536)
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!dumped.contains("the-secret-key"))
    }

    @Test func theSecretMayBeInAFile() async throws {
        try await TemporaryFile.with("from-a-file\n") { secret in
            let access = Self.access.replacing(
                "secretAccessKey: the-secret-key", with: "secretAccessKeyFile: '\(secret.path)'")
            let store = try await self.read("objectStore: {\(access)}").s3ObjectStore
            #expect(store?.secretAccessKey == "from-a-file")
        }
    }

    @Test func withoutAThresholdNothingIsParkedAndTheStoreIsStillThere() async throws {
        let configuration = try await self.read("objectStore: {\(Self.access), thresholdBytes: 0}")
        #expect(configuration.s3ObjectStore != nil)
        #expect(!configuration.parksData)
        #expect(configuration.ingress.limits.eventBytesMax == 1_048_576)
        #expect(configuration.ingress.directBodyBytesMax == .max)
    }

    @Test func onKafkaTheLimitIsNamedByWhereItComesFrom() async throws {
        let kafka = "kafka: {brokers: [a:1]}\n"
        let configuration = try await self.read(kafka)
        #expect(configuration.ingress.limits.eventBytesMax == 983_040)
        #expect(configuration.ingress.eventBytesLimit == "kafka.recordBytesMax")
        let parking = try await self.read(kafka + "objectStore: {\(Self.access)}")
        #expect(parking.claimCheck.eventBytesMax == 983_040)
        #expect(parking.claimCheck.eventBytesLimit == "kafka.recordBytesMax")
    }

    @Test(arguments: [
        ("endpoint: 'http://s3:9000'", "are needed where objectStore.endpoint is given"),
        ("bucket: data", "do nothing without objectStore.endpoint"),
        ("\(access), secretAccessKeyFile: x", "are both given"),
        (access.replacing("http://s3:9000", with: "s3:9000"), "must be http://HOST[:PORT]"),
        (access.replacing("http://s3:9000", with: "http://u:p@s3"), "must be http://HOST[:PORT]"),
        (access.replacing("bucket: data", with: "bucket: Data"), "objectStore.bucket must be 3 to 63"),
        ("\(access), keyPrefix: /a", "must be parts of"), ("\(access), keyPrefix: a/../b", "must be parts of"),
        ("\(access), objectBytesMax: 9000000", "must not be more than server.bodyBytesMax"),
        ("\(access), transferBytesMax: 2000, objectBytesMax: 3000", "must not be less than objectStore.objectBytesMax"),
        ("\(access), thresholdBytes: 2000000", "objectStore.thresholdBytes must not be more than"),
    ])
    func contradictionsAreNamed(settings: String, sentence: String) async {
        let faults = await self.faults("objectStore: {\(settings)}")
        #expect(faults.contains { $0.contains(sentence) }, "\(faults)")
        #expect(!faults.contains { $0.contains("the-secret-key") })
    }
}
