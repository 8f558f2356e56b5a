/// One thing that must be well before the process takes traffic.
public struct ReadinessCheck: Sendable {
    /// What is checked, as it stands in the answer of `/readyz`.
    public var name: String
    /// Returns nil where all is well, else one sentence without secrets. Must end when its task is cancelled.
    public var check: @Sendable () async -> String?

    /// Whether the process takes traffic now although this one fails, less well than otherwise.
    public var isDispensable: @Sendable () -> Bool

    /// A named check.
    public init(
        _ name: String, isDispensable: @escaping @Sendable () -> Bool = { false },
        check: @escaping @Sendable () async -> String?
    ) {
        self.name = name
        self.isDispensable = isDispensable
        self.check = check
    }
}
