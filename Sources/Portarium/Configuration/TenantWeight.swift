/// The share of one tenant in what is sent.
struct TenantWeight: Sendable, Hashable {
    var tenant: String
    /// `1...1000`; a tenant that is not named has 1.
    var weight: Int
}
