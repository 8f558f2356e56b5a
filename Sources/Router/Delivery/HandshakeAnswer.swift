/// What a target says to a validation request (CloudEvents HTTP webhook specification, section 4.2).
public enum HandshakeAnswer: Sendable, Hashable {
    /// It wants deliveries; so many requests a minute, nil: as many as come.
    case allowed(requestsPerMinute: Int?)
    /// It does not, or did not answer; why, in a few words without anything that came from outside.
    case refused(String)

    /// Reads an answer.
    /// - Parameters:
    ///   - origin: what was said to be the origin of the deliveries.
    ///   - allowedOrigins: the values of `WebHook-Allowed-Origin`.
    ///   - allowedRates: the values of `WebHook-Allowed-Rate`.
    public init(status: Int, origin: String, allowedOrigins: [String], allowedRates: [String]) {
        guard (200...299).contains(status) else {
            self = .refused("the sink answered the validation request with \(status)")
            return
        }
        guard allowedOrigins.count == 1, let allowed = allowedOrigins.first else {
            self = .refused("the sink answered the validation request without one WebHook-Allowed-Origin")
            return
        }
        guard allowed == "*" || allowed.lowercased() == origin.lowercased() else {
            self = .refused("the sink allows another WebHook-Allowed-Origin than '\(origin)'")
            return
        }
        guard allowedRates.count <= 1 else {
            self = .refused("the sink answered with more than one WebHook-Allowed-Rate")
            return
        }
        guard let rate = allowedRates.first, rate != "*" else {
            self = .allowed(requestsPerMinute: nil)
            return
        }
        // A whole number of more than zero; more digits than a number holds are no limit that could be reached.
        guard !rate.isEmpty, rate.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            self = .refused("the sink answered with a WebHook-Allowed-Rate that is no number of requests a minute")
            return
        }
        switch Int(rate) {
        case .some(0): self = .refused("the sink allows no requests: its WebHook-Allowed-Rate is 0")
        case .some(let number): self = .allowed(requestsPerMinute: number)
        case nil: self = .allowed(requestsPerMinute: nil)
        }
    }
}
