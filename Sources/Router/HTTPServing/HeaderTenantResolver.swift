import CloudEvents
import HTTPTypes
import Hummingbird
import NIOHTTP1

/// The keyless development mode: the tenant is what `X-Tenant-Id` says, else a configured one.
public struct HeaderTenantResolver: TenantResolver {
    /// Characters that a tenant id has at most.
    public static let tenantLengthMax = 64

    private static let fieldName = HTTPField.Name("X-Tenant-Id")

    /// The tenant of a request without the header.
    public let defaultTenant: String

    /// A resolver.
    /// - Parameter defaultTenant: see ``isValid(tenant:)``.
    public init(defaultTenant: String = "default") {
        self.defaultTenant = defaultTenant
    }

    /// Whether a text is a tenant id: 1...64 of `A-Z a-z 0-9 . _ ~ -`.
    public static func isValid(tenant: some StringProtocol) -> Bool {
        (1...self.tenantLengthMax).contains(tenant.utf8.count) && tenant.utf8.allSatisfy(ASCIISet.unreserved.contains)
    }

    /// The header's value, or the default.
    /// - Throws: 400 `invalid-tenant` where the header is there and is no tenant id, or differs between its lines.
    public func tenant(of request: Request) async throws(ProblemError) -> String {
        try self.tenant(named: Self.fieldName.flatMap { request.headers[$0] })
    }

    /// The same, of a request that does not come through the router.
    public func tenant(of headers: HTTPHeaders) throws(ProblemError) -> String {
        let lines = headers["x-tenant-id"]
        return try self.tenant(named: lines.count > 1 ? lines.joined(separator: ", ") : lines.first)
    }

    private func tenant(named tenant: String?) throws(ProblemError) -> String {
        guard let tenant else { return self.defaultTenant }
        guard Self.isValid(tenant: tenant) else {
            throw ProblemError(
                .invalidTenant, "X-Tenant-Id must have 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -",
                errors: [.init(pointer: "header:x-tenant-id", detail: "not a tenant id")])
        }
        return tenant
    }
}
