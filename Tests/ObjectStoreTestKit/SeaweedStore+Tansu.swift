import KafkaTestKit

extension SeaweedStore {
    /// Its bucket as the place where Tansu keeps its data.
    package var tansuStore: TansuStore {
        TansuStore(
            endpoint: self.endpoint, bucket: Self.bucket, accessKeyID: Self.accessKeyID,
            secretAccessKey: Self.secretAccessKey)
    }
}
