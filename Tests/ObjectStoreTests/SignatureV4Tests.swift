import Testing

@testable import ObjectStore

/// The examples of "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)" in S3's API
/// reference.
struct SignatureV4Tests {
    private static let signature = SignatureV4(
        accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        region: "us-east-1")
    private static let host = "examplebucket.s3.amazonaws.com"
    private static let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    private func signature(
        _ method: String, _ path: String, query: [(String, String)] = [], headers: [(String, String)] = [],
        bodyHash: String = SignatureV4Tests.empty
    ) -> String {
        let request = SignatureV4.Request(
            method: method, path: path, query: query.map { (name: $0.0, value: $0.1) },
            headers: [
                (name: "x-amz-date", value: "20130524T000000Z"), (name: "Host", value: Self.host),
                (name: "x-amz-content-sha256", value: bodyHash),
            ] + headers.map { (name: $0.0, value: $0.1) }, bodyHash: bodyHash)
        return Self.signature.authorization(for: request, time: "20130524T000000Z")
    }

    @Test func getObject() {
        #expect(
            self.signature("GET", "/test.txt", headers: [("Range", "bytes=0-9")])
                == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                + "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
                + "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test func putObject() {
        let hash = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
        #expect(SignatureV4.hash("Welcome to Amazon S3.") == hash)
        #expect(
            self.signature(
                "PUT", SignatureV4.encoded("/test$file.text", keepsSlashes: true),
                headers: [
                    ("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
                ], bodyHash: hash
            ).hasSuffix("Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"))
    }

    @Test func getBucketLifecycle() {
        #expect(
            self.signature("GET", "/", query: [("lifecycle", "")]).hasSuffix(
                "Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"))
    }

    @Test func listObjects() {
        #expect(
            self.signature("GET", "/", query: [("prefix", "J"), ("max-keys", "2")]).hasSuffix(
                "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"))
    }

    @Test func keysAreEncodedOnceAndKeepTheirSlashes() {
        #expect(SignatureV4.encoded("a/b c%2E~é", keepsSlashes: true) == "a/b%20c%252E~%C3%A9")
        #expect(SignatureV4.encoded("a/b", keepsSlashes: false) == "a%2Fb")
    }

    @Test func timesAreThoseOfSignatures() {
        #expect(S3ObjectStore.time(milliseconds: 1_369_353_600_123) == "20130524T000000Z")
    }

    @Test(
        arguments: [
            ("http://127.0.0.1:9000", "127.0.0.1:9000"), ("https://s3.example.com", "s3.example.com"),
            ("https://s3.example.com:443", "s3.example.com"), ("http://s3:80", "s3"), ("http://s3:443", "s3:443"),
            ("ftp://s3", nil), ("s3.example.com", nil), ("http://", nil), ("http://u:p@h", nil), ("http://h/path", nil),
            ("http://h?x", nil), ("http://h h", nil),
        ] as [(String, String?)])
    func endpoints(endpoint: String, host: String?) {
        #expect(S3ObjectStoreConfiguration.host(ofEndpoint: endpoint) == host)
    }

    @Test(arguments: [
        ("portarium", true), ("a-b.c9", true), ("ab", false), ("Abc", false), ("a/b", false), ("a..b", false),
        (".abc", false), (String(repeating: "a", count: 64), false),
    ])
    func buckets(name: String, isBucket: Bool) {
        #expect(S3ObjectStoreConfiguration.isBucket(name) == isBucket)
    }

    @Test func aConfigurationShowsNoSecret() {
        let configuration = S3ObjectStoreConfiguration(
            endpoint: "http://h", bucket: "bucket", accessKeyID: "the-key-id", secretAccessKey: "the-secret")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(!text.contains("the-secret"))
        }
    }
}
