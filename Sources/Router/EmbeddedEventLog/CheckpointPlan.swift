/// When pages of the write-ahead log are moved into the file. A value; its owner locks it.
///
/// Another connection copies them beside the appends, which takes long and holds nobody up. What was written meanwhile
/// is little; the writer moves it itself between two transactions, and only then the write-ahead log can begin anew.
///
/// A copy begins only after a commit that came behind the last rest: never on a write-ahead log of which everything is
/// in the file already, and which the next commit may begin anew at the same moment. SQLite up to 3.51.2 damages the
/// file where a checkpoint begins then.
struct CheckpointPlan: Sendable {
    /// What the writer does after a transaction.
    enum Step: Equatable, Sendable {
        case goOn
        /// Lets the other connection begin to copy.
        case copy
        /// Waits until the other connection has copied: it does not keep up, and the disk has an end.
        case awaitCopy
    }

    private enum State { case idle, copying, copied, halted }

    /// Where the write-ahead log did not begin anew after a checkpoint, because a reader was in the way, the next one
    /// comes after this part of `pagesEach`: 1 in this many.
    static let retryPart = 64

    private let pagesEach: Int
    private var state = State.idle
    /// Pages at which the next copy begins.
    private var nextCopy: Int
    private var pagesAtCopy = 0
    private var pages = 0

    /// - Parameter pagesEach: pages from one checkpoint to the next, more than nothing.
    init(pagesEach: Int) {
        self.pagesEach = pagesEach
        self.nextCopy = pagesEach
    }

    /// A transaction ended, after which the write-ahead log has so many pages.
    mutating func committed(pages: Int) -> Step {
        if pages < self.pages { self.nextCopy = self.pagesEach }
        self.pages = pages
        switch self.state {
        case .idle where pages >= self.nextCopy:
            self.state = .copying
            self.pagesAtCopy = pages
            return .copy
        // What the writer has to move itself stays within what it would without the copy.
        case .copying where pages - self.pagesAtCopy >= self.pagesEach: return .awaitCopy
        case .idle, .copying, .copied, .halted: return .goOn
        }
    }

    /// The other connection has done what it could.
    mutating func copyEnded() {
        if self.state == .copying { self.state = .copied }
    }

    /// The file could not be synced. What was copied into it may be lost, and a later sync would not say so: everything
    /// stays in the write-ahead log, from which the next start reads it.
    mutating func halt() { self.state = .halted }

    /// Whether the writer has to move the rest before its next transaction; told once.
    mutating func takeRest() -> Bool {
        guard self.state == .copied else { return false }
        self.state = .idle
        self.nextCopy = self.pages + max(1, self.pagesEach / Self.retryPart)
        return true
    }
}
