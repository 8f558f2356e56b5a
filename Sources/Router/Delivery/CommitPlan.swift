import EventLog

/// Positions to be committed together, and what the machine may take for granted once they are.
public struct CommitPlan: Sendable {
    struct CursorMark: Sendable {
        var slot: Int
        var tail: Int
        var assignment: UInt64
        var version: UInt64
        var isDetached: Bool
        var incarnation: UInt64
    }

    /// In this order, where the log cannot store them together: cursors first, tails last.
    public let commits: [GroupCommit]
    let marks: [CursorMark]
    let tails: [(tail: Int, assignment: UInt64, offset: Int64)]
}
