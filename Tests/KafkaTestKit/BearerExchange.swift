/// RFC 7628: a token in one message.
struct BearerExchange: SASLExchange {
    let takesToken: @Sendable (String) -> Bool

    func step(_ message: [UInt8]) -> SASLStep {
        let prefix = "auth=Bearer "
        let field = message.split(separator: 1).map { String(decoding: $0, as: UTF8.self) }.first {
            $0.hasPrefix(prefix)
        }
        guard let field, self.takesToken(String(field.dropFirst(prefix.count))) else { return .refused }
        return .accepted([])
    }
}
