/// What came back for one request with events.
enum PublishAnswer: Sendable, Hashable {
    case accepted
    /// 429, 503 and what a proxy says when the router is away: come again later.
    case busy(status: Int, retryAfterMilliseconds: Int64?, sentence: String)
    /// 413
    case tooLarge(sentence: String)
    /// 400, 415 and 422: something in it is wrong; `index` says which event, where the router knows.
    case invalid(status: Int, index: Int?, sentence: String)
    /// Any other status: no event of this caller would be taken.
    case refused(status: Int, sentence: String)
    /// There was no answer. The events may have been taken or not.
    case unreachable(sentence: String)
}
