import ArgumentParser
import WebhookSignatures

/// How senders sign whose provider is `hmac`.
struct SignatureFlags: ParsableArguments {
    @Option(
        help: ArgumentHelp("For hmac: the header. (default: X-Webhook-Signature)", valueName: "name"))
    var signatureHeader: String?

    @Option(
        help: ArgumentHelp("For hmac: what stands before the code, such as 'v1='.", valueName: "text"))
    var signaturePrefix: String?

    @Option(help: ArgumentHelp("For hmac. (default: hex)"))
    var signatureEncoding: HMACVerification.Encoding?

    @Option(help: ArgumentHelp("For hmac. (default: sha256)"))
    var signatureAlgorithm: HMACVerification.Algorithm?

    func validate() throws {
        if let signatureHeader, !HMACVerification.isHeader(signatureHeader) {
            throw ValidationError("--signature-header must be the name of a header")
        }
        if let signaturePrefix, !HMACVerification.isPrefix(signaturePrefix) {
            throw ValidationError(
                "--signature-prefix must have at most \(HMACVerification.prefixBytesMax) printable ASCII characters, "
                    + "no comma, and no space in front")
        }
    }

    /// What was given, as the API has it.
    var members: [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        if let signatureHeader { members["header"] = .string(signatureHeader) }
        if let signaturePrefix { members["prefix"] = .string(signaturePrefix) }
        if let signatureEncoding { members["encoding"] = .string(signatureEncoding.rawValue) }
        if let signatureAlgorithm { members["algorithm"] = .string(signatureAlgorithm.rawValue) }
        return members
    }

    /// What was given; nil: nothing.
    var verification: HMACVerification? {
        if self.members.isEmpty { return nil }
        let standard = HMACVerification()
        return HMACVerification(
            header: self.signatureHeader ?? standard.header, prefix: self.signaturePrefix,
            encoding: self.signatureEncoding ?? standard.encoding,
            algorithm: self.signatureAlgorithm ?? standard.algorithm)
    }
}

extension HMACVerification.Encoding: ExpressibleByArgument {}
extension HMACVerification.Algorithm: ExpressibleByArgument {}
