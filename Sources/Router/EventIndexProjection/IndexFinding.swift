/// What one look into the index found.
struct IndexFinding: Sendable {
    /// A record that has what is looked for.
    struct Hit: Sendable, Hashable {
        var offset: Int64
        /// The record's, in milliseconds.
        var timestamp: Int64
    }

    /// Oldest first.
    var hits: [Hit] = []
    /// Everything from here on was looked at.
    var upper: Int64
}
