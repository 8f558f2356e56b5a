import HTTPTypes
import Hummingbird
import Identity
import NIOHTTP1

/// The keyless development mode: everyone may do everything, and the tenant is what `X-Tenant-Id` says, else a
/// configured one.
public struct HeaderTenantResolver: CallerResolver {
    private static let fieldName = HTTPField.Name("X-Tenant-Id")

    /// The tenant of a request without the header.
    public let defaultTenant: String

    /// A resolver.
    /// - Parameter defaultTenant: see `TenantReach.isTenant(_:)`.
    public init(defaultTenant: String = "default") {
        self.defaultTenant = defaultTenant
    }

    /// The header's tenant, or the default one.
    /// - Throws: 400 `invalid-tenant` where the header is there and is no tenant id, or differs between its lines.
    public func caller(of request: Request, needing need: AccessNeed) async throws(ProblemError) -> Caller {
        self.caller(naming: try Self.tenant(in: request.headers))
    }

    /// The same, of a request that does not come through the router.
    public func caller(of headers: HTTPHeaders, needing need: AccessNeed) throws(ProblemError) -> Caller? {
        self.caller(naming: try Self.tenant(in: headers))
    }

    /// Always: nobody signs in.
    public func stands(_ principal: Principal) -> Bool { true }

    private func caller(naming tenant: String?) -> Caller {
        Caller(principal: .keyless, tenant: tenant ?? self.defaultTenant, isTenantNamed: tenant != nil)
    }

    /// The tenant that a request names, if it names one.
    /// - Throws: 400 `invalid-tenant`.
    static func tenant(in headers: HTTPFields) throws(ProblemError) -> String? {
        try self.checked(self.fieldName.flatMap { headers[$0] })
    }

    /// The same, of a request that does not come through the router.
    static func tenant(in headers: HTTPHeaders) throws(ProblemError) -> String? {
        let lines = headers["x-tenant-id"]
        return try self.checked(lines.count > 1 ? lines.joined(separator: ", ") : lines.first)
    }

    private static func checked(_ tenant: String?) throws(ProblemError) -> String? {
        guard let tenant else { return nil }
        guard TenantReach.isTenant(tenant) else {
            throw ProblemError(
                .invalidTenant, "X-Tenant-Id must have 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -",
                errors: [.init(pointer: "header:x-tenant-id", detail: "not a tenant id")])
        }
        return tenant
    }
}
