/// A bucket of an object store that speaks S3, where Tansu keeps its data beyond its own life.
package struct TansuStore: Sendable {
    package var endpoint: String
    package var bucket: String
    package var accessKeyID: String
    package var secretAccessKey: String

    package init(endpoint: String, bucket: String, accessKeyID: String, secretAccessKey: String) {
        self.endpoint = endpoint
        self.bucket = bucket
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
    }

    /// What `--storage-engine` is told.
    var url: String { "s3://\(self.bucket)/" }

    /// The rest, which it reads from its environment. It swaps objects only where the store compares their tags.
    var environment: [String: String] {
        [
            "AWS_ENDPOINT": self.endpoint, "AWS_ALLOW_HTTP": "true", "AWS_CONDITIONAL_PUT": "etag",
            "AWS_ACCESS_KEY_ID": self.accessKeyID, "AWS_SECRET_ACCESS_KEY": self.secretAccessKey,
            "AWS_DEFAULT_REGION": "us-east-1",
        ]
    }
}
