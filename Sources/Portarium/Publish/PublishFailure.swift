/// One event that was not accepted.
struct PublishFailure: Sendable, Hashable, Encodable {
    /// From 1.
    var line: Int
    /// The HTTP status, nil where the event never left.
    var status: Int?
    var detail: String
}
