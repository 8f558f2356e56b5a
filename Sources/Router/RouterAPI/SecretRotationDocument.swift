import HTTPServing

/// The body of `POST /v1/subscriptions/{id}/secret/rotate`.
struct SecretRotationDocument: Decodable {
    /// A day, as receivers of Standard Webhooks are used to.
    static let overlapSecondsDefault: Int64 = 86_400
    static let overlapSecondsMax: Int64 = 604_800
    private static let secretBytesMax = 256

    private let secret: String?
    private let overlapSeconds: Int64?

    init(from decoder: any Decoder) throws {
        let members = try decoder.strictMembers(["secret", "overlapSeconds"])
        self.secret = try members.decodeIfPresent(String.self, forKey: StrictMember("secret"))
        self.overlapSeconds = try members.decodeIfPresent(Int64.self, forKey: StrictMember("overlapSeconds"))
    }

    /// - Throws: 422 with everything that is wrong. Whether the secret can be used is for the service to say.
    func rotation() throws(ProblemError) -> (secret: String?, overlapSeconds: Int64) {
        var faults = FieldFaults()
        let overlap = self.overlapSeconds ?? Self.overlapSecondsDefault
        if !(0...Self.overlapSecondsMax).contains(overlap) {
            faults.add("/overlapSeconds", "must be 0 to \(Self.overlapSecondsMax) seconds, not \(overlap)")
        }
        if let secret, secret.utf8.count > Self.secretBytesMax {
            faults.add("/secret", "must have at most \(Self.secretBytesMax) bytes")
        }
        try faults.throwIfAny()
        return (self.secret, overlap)
    }
}
