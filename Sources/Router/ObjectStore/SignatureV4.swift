import Crypto

/// AWS Signature Version 4 with the `Authorization` header, as S3 wants it ("Authenticating Requests: Using the
/// Authorization Header"): the path is encoded once, and the hash of the body is a header.
struct SignatureV4: Sendable {
    let accessKeyID: String
    let secretAccessKey: String
    let region: String
    let service = "s3"

    /// What is signed of a request.
    struct Request {
        var method: String
        /// Encoded, as it goes over the wire; it begins with `/`.
        var path: String
        /// Encoded pairs, in any order.
        var query: [(name: String, value: String)] = []
        /// Every header that is signed, `host`, `x-amz-date` and `x-amz-content-sha256` among them.
        var headers: [(name: String, value: String)]
        /// SHA-256 of the body, lower-case hexadecimal.
        var bodyHash: String
    }

    /// The value of `Authorization`.
    /// - Parameter time: `20130524T000000Z`, the value of `x-amz-date`.
    func authorization(for request: Request, time: String) -> String {
        let day = String(time.prefix(8))
        let scope = "\(day)/\(self.region)/\(self.service)/aws4_request"
        let headers = Self.canonicalHeaders(request.headers)
        let signed = headers.map(\.name).joined(separator: ";")
        let canonical = Self.canonicalRequest(request, headers, signed: signed)
        let text = "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n\(Self.hash(canonical))"
        let signature = Self.hexadecimal(self.mac(text, with: self.signingKey(day: day)))
        return "AWS4-HMAC-SHA256 Credential=\(self.accessKeyID)/\(scope),SignedHeaders=\(signed),Signature=\(signature)"
    }

    private static func canonicalHeaders(
        _ headers: [(name: String, value: String)]
    ) -> [(name: String, value: String)] {
        headers.map { header in
            (
                name: header.name.lowercased(),
                value: header.value.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
            )
        }.sorted { $0.name < $1.name }
    }

    private static func canonicalRequest(
        _ request: Request, _ headers: [(name: String, value: String)], signed: String
    ) -> String {
        let query = request.query.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
        var text = "\(request.method)\n\(request.path)\n"
        text += query.map { "\($0.name)=\($0.value)" }.joined(separator: "&") + "\n"
        for header in headers { text += "\(header.name):\(header.value)\n" }
        return text + "\n\(signed)\n\(request.bodyHash)"
    }

    private func signingKey(day: String) -> SymmetricKey {
        var key = SymmetricKey(data: Array("AWS4\(self.secretAccessKey)".utf8))
        for part in [day, self.region, self.service, "aws4_request"] {
            key = SymmetricKey(data: Array(self.mac(part, with: key)))
        }
        return key
    }

    private func mac(_ text: String, with key: SymmetricKey) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
    }

    static func hash(_ text: String) -> String { self.hexadecimal(SHA256.hash(data: Array(text.utf8))) }

    /// Lower case.
    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Percent-encoding as signatures want it: everything but `A-Z a-z 0-9 - . _ ~`, with capital digits.
    /// - Parameter keepsSlashes: for paths, whose `/` stay.
    static func encoded(_ text: String, keepsSlashes: Bool) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            case UInt8(ascii: "/") where keepsSlashes: bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
