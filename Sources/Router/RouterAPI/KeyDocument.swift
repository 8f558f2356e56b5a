import EventDispatch
import EventLog
import HTTPServing
import Identity

/// The body of `POST /v1/keys`.
struct KeyDocument: Decodable {
    /// Characters of a name at most.
    static let nameLengthMax = 128

    private let tenant: String?
    private let name: String?
    private let scopes: [String]
    private let expiresAt: String?

    init(from decoder: any Decoder) throws {
        let members = try decoder.strictMembers(["tenant", "name", "scopes", "expiresAt"])
        self.tenant = try members.decodeIfPresent(String.self, forKey: StrictMember("tenant"))
        self.name = try members.decodeIfPresent(String.self, forKey: StrictMember("name"))
        self.scopes = try members.decode([String].self, forKey: StrictMember("scopes"))
        self.expiresAt = try members.decodeIfPresent(String.self, forKey: StrictMember("expiresAt"))
    }

    /// - Throws: 422 with everything that is wrong; 403 for a tenant that the caller does not speak for.
    func request(of caller: Caller, now: Timestamp) throws(ProblemError) -> KeyRequest {
        var faults = FieldFaults()
        var reach = TenantReach.one(caller.tenant)
        if let tenant {
            if let named = TenantReach(tenant) {
                reach = named
            } else {
                faults.add("/tenant", "must be 1 to 64 of the characters A-Z a-z 0-9 . _ ~ -, or * for all tenants")
            }
        }
        let name = self.name ?? ""
        let hasControl = name.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f }
        if hasControl || name.count > Self.nameLengthMax {
            faults.add("/name", "must be at most \(Self.nameLengthMax) characters, none of them a control character")
        }
        let scopes = Self.scopes(self.scopes, &faults)
        let end = faults.time("/expiresAt", self.expiresAt)
        if let end, end <= now { faults.add("/expiresAt", "must be later than now") }
        try faults.throwIfAny()
        guard caller.principal.reach.covers(reach) else {
            throw ProblemError(
                .forbidden, "the credential does not speak for the tenant '\(reach.text)'",
                errors: [.init(pointer: "/tenant", detail: "leave it out, or name the credential's own tenant")])
        }
        return KeyRequest(reach: reach, name: name, scopes: scopes, expiresAtMilliseconds: end?.milliseconds)
    }

    private static func scopes(_ names: [String], _ faults: inout FieldFaults) -> Set<Scope> {
        var scopes: Set<Scope> = []
        for (index, name) in names.enumerated() {
            if let scope = Scope(rawValue: name) {
                scopes.insert(scope)
            } else {
                let known = Scope.allCases.map(\.rawValue).joined(separator: ", ")
                faults.add("/scopes/\(index)", "must be one of \(known)")
            }
        }
        if names.isEmpty { faults.add("/scopes", "must name one scope at least") }
        return scopes
    }
}
