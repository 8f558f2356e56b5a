/// A request names a tenant that its credential does not speak for.
public struct ForeignTenant: Error, Hashable {
    /// The one fact.
    public init() {}
}
