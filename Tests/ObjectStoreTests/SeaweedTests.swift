import NIOCore
import ObjectStore
import ObjectStoreTestKit
import Testing

/// The S3 store against a store that nobody here wrote, and that checks every signature.
@Suite(
    .disabled(if: SeaweedStore.absence != nil, Comment(rawValue: SeaweedStore.absence ?? "")),
    .timeLimit(.minutes(3)))
struct SeaweedTests {
    @Test func objectsComeBackAsTheyWereAndNobodyElseGetsIn() async throws {
        try await SeaweedStore.with { seaweed in
            let store = try Self.store(seaweed)
            try await Self.check(store, seaweed)
            await store.shutdown()
            let stranger = try Self.store(seaweed, secret: "wrong")
            await Self.expect(.denied) { () async throws(ObjectStoreError) in
                _ = try await stranger.get("p/t/large", bytesMax: 100)
            }
            await Self.expect(.denied) { () async throws(ObjectStoreError) in
                try await stranger.put("p/t/other", ByteBuffer(string: "x"), contentType: nil)
            }
            await stranger.shutdown()
            let elsewhere = try Self.store(seaweed, bucket: "no-such-bucket")
            await Self.expect(.notFound) { () async throws(ObjectStoreError) in try await elsewhere.probe() }
            await elsewhere.shutdown()
        }
    }

    private static func check(_ store: S3ObjectStore, _ seaweed: SeaweedStore) async throws {
        try await store.probe()
        let large = ByteBuffer(bytes: (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try await store.put("p/t/large", large, contentType: "application/x-test")
        let back = try await store.get("p/t/large", bytesMax: 3_000_000)
        #expect(back == large)
        #expect(try await seaweed.object("p/t/large") == Array(large.readableBytesView))
        await Self.expect(.tooLarge) { () async throws(ObjectStoreError) in
            _ = try await store.get("p/t/large", bytesMax: 2_999_999)
        }
        await Self.expect(.conflict) { () async throws(ObjectStoreError) in
            try await store.put("p/t/large", ByteBuffer(string: "other"), contentType: nil)
        }
        for key in ["p/a b", "p/%2E./x", "p/é~$&+=@:,'()*!"] {
            try await store.put(key, ByteBuffer(string: key), contentType: nil)
            let text = try await store.get(key, bytesMax: 100)
            #expect(String(buffer: text) == key)
        }
        try await store.put("p/empty", ByteBuffer(), contentType: nil)
        let empty = try await store.get("p/empty", bytesMax: 0)
        #expect(empty.readableBytes == 0)
        await Self.expect(.notFound) { () async throws(ObjectStoreError) in
            _ = try await store.get("p/none", bytesMax: 1)
        }
    }

    private static func store(
        _ seaweed: SeaweedStore, bucket: String = SeaweedStore.bucket, secret: String = SeaweedStore.secretAccessKey
    ) throws -> S3ObjectStore {
        try S3ObjectStore(
            configuration: S3ObjectStoreConfiguration(
                endpoint: seaweed.endpoint, bucket: bucket, accessKeyID: SeaweedStore.accessKeyID,
                secretAccessKey: secret))
    }

    private static func expect(
        _ code: ObjectStoreError.Code, _ body: () async throws(ObjectStoreError) -> Void
    ) async {
        do throws(ObjectStoreError) {
            try await body()
            Issue.record("it must fail with \(code.name)")
        } catch {
            #expect(error.code == code, "\(error)")
        }
    }
}
