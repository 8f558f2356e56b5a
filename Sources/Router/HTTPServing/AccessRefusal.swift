/// Why a call was refused before it was looked at: the label of a counter.
public enum AccessRefusal: String, Sendable, CaseIterable {
    /// 401: no credential.
    case noCredential = "no-credential"
    /// 401: one that is not valid.
    case invalidCredential = "invalid-credential"
    /// 403: a valid one without the scope.
    case insufficientScope = "insufficient-scope"
    /// 403: a valid one of another tenant than the request names, or of none.
    case foreignTenant = "foreign-tenant"
}
