/// Whether webhooks are kept on the local disk while the log does not take them.
enum SpoolMode: String, Sendable, Hashable, CaseIterable {
    /// They are where the data directory can be written.
    case auto
    /// They are; without the directory there is no start.
    case on
    /// They are not. What is on the disk from before still goes into the log.
    case off
}
