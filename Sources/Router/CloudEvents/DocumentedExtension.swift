/// Extensions that have a meaning to the router, and what their definitions ask of them.
enum DocumentedExtension {
    /// Names whose value, if present, must not be empty: the extensions Partitioning, Correlation and Sequence of
    /// CloudEvents say so, and `runid` is what order is kept by.
    private static let filled: [StaticString] = [
        "partitionkey", "correlationid", "causationid", "sequence", "sequencetype", "runid",
    ]

    /// Whether an extension may be an empty string.
    static func mayBeEmpty(_ name: UnsafeRawBufferPointer) -> Bool {
        !self.filled.contains { name.isEqual(to: $0) }
    }
}
