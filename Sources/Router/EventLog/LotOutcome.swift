/// What came of one lot of ``EventLogWriter/appendEach(_:_:)``.
public struct LotOutcome: Sendable {
    /// Which of the lots.
    public var index: Int
    /// The positions of its records, in their order; or why it failed, and then a part, or all, may be there.
    public var result: Result<[Position], EventLogError>

    public init(index: Int, result: Result<[Position], EventLogError>) {
        self.index = index
        self.result = result
    }
}
