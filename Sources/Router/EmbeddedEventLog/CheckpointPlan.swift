/// When pages of the write-ahead log are moved into the file. A value; its owner locks it.
///
/// Another connection copies them beside the appends, which takes long and holds nobody up. What was written meanwhile
/// is little; the writer moves it itself between two transactions, and only then the write-ahead log can begin anew.
struct CheckpointPlan: Sendable {
    /// What the writer does after a transaction.
    enum Step: Equatable, Sendable {
        case goOn
        /// Lets the other connection begin to copy.
        case copy
        /// Waits until the other connection has copied: it does not keep up, and the disk has an end.
        case awaitCopy
    }

    private enum State { case idle, copying, copied }

    /// The write-ahead log grows to as many times `pagesEach` before appends wait for the copy.
    static let growthMax = 4

    private let pagesEach: Int
    private var state = State.idle
    /// Pages that the last checkpoint left in the write-ahead log, because a reader still needed them; 0 after it has
    /// begun anew.
    private var pagesLeft = 0

    /// - Parameter pagesEach: pages from one checkpoint to the next, more than nothing.
    init(pagesEach: Int) { self.pagesEach = pagesEach }

    /// A transaction ended, after which the write-ahead log has so many pages.
    mutating func committed(pages: Int) -> Step {
        if pages < self.pagesLeft { self.pagesLeft = 0 }
        let added = pages - self.pagesLeft
        switch self.state {
        case .idle where added >= self.pagesEach:
            self.state = .copying
            return .copy
        case .copying where added >= Self.growthMax * self.pagesEach: return .awaitCopy
        case .idle, .copying, .copied: return .goOn
        }
    }

    /// The other connection has done what it could.
    mutating func copyEnded() { self.state = .copied }

    /// Whether the writer has to move the rest before its next transaction; told once.
    mutating func takeRest() -> Bool {
        guard self.state == .copied else { return false }
        self.state = .idle
        return true
    }

    /// The writer moved what could be moved while the write-ahead log had so many pages.
    mutating func restMoved(pages: Int) { self.pagesLeft = pages }
}
