/// RFC 4616: a user and a password in one message.
struct PlainExchange: SASLExchange {
    let users: [String: String]

    func step(_ message: [UInt8]) -> SASLStep {
        let parts = message.split(separator: 0, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard parts.count == 3, let password = self.users[parts[1]], password == parts[2] else { return .refused }
        return .accepted([])
    }
}
