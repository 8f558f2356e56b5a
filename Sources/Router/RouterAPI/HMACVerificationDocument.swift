import WebhookSignatures

/// The member `verification` of a webhook endpoint.
struct HMACVerificationDocument: Decodable {
    private let header: String?
    private let prefix: String?
    private let encoding: String?
    private let algorithm: String?

    init(from decoder: any Decoder) throws {
        let members = try decoder.strictMembers(["header", "prefix", "encoding", "algorithm"])
        self.header = try members.decodeIfPresent(String.self, forKey: StrictMember("header"))
        self.prefix = try members.decodeIfPresent(String.self, forKey: StrictMember("prefix"))
        self.encoding = try members.decodeIfPresent(String.self, forKey: StrictMember("encoding"))
        self.algorithm = try members.decodeIfPresent(String.self, forKey: StrictMember("algorithm"))
    }

    /// What it says, and what holds where it says nothing.
    func verification(_ provider: WebhookProvider?, _ faults: inout FieldFaults) -> HMACVerification {
        var verification = HMACVerification()
        if let provider, !provider.takesVerification {
            faults.add("/verification", "must be absent: \(provider.name) signs in its own way; 'hmac' takes it")
        }
        if let header {
            verification.header = header
            if !HMACVerification.isHeader(header) {
                faults.add(
                    "/verification/header",
                    "must be the name of a header of 1 to \(HMACVerification.headerBytesMax) characters")
            }
        }
        if let prefix {
            verification.prefix = prefix
            if !HMACVerification.isPrefix(prefix) {
                faults.add(
                    "/verification/prefix",
                    "must have at most \(HMACVerification.prefixBytesMax) printable ASCII characters, no comma, and "
                        + "no space in front")
            }
        }
        if let encoding {
            if let known = HMACVerification.Encoding(rawValue: encoding) {
                verification.encoding = known
            } else {
                faults.add("/verification/encoding", "must be 'hex' or 'base64'")
            }
        }
        if let algorithm {
            if let known = HMACVerification.Algorithm(rawValue: algorithm) {
                verification.algorithm = known
            } else {
                faults.add("/verification/algorithm", "must be 'sha1', 'sha256' or 'sha512'")
            }
        }
        return verification
    }
}
