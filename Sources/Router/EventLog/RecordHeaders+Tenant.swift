extension RecordHeaders {
    /// Headers that say whose a record is; the first that is there counts.
    public static let tenantNames = ["ce_tenantid", "portarium_tenant"]

    /// Whose record it is: the tenant of the event, or of what the router wrote about one; nil where nothing says so.
    public var tenant: String? {
        for name in Self.tenantNames {
            if let tenant = self[name] { return tenant }
        }
        return nil
    }
}
