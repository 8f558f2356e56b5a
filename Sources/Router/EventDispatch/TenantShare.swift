/// What a tenant has of what all share in dispatch.
struct TenantShare: Sendable, Hashable {
    var weight: Int
    /// nil: as the others.
    var inFlightMax: Int?
}
