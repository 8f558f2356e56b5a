import Identity
import Testing

/// What the claims of a token must say.
struct TokenPolicyTests {
    private static let now: Int64 = 1_000_000_000
    private static let good: [String: ClaimValue] = [
        "iss": .text("https://i"), "aud": .list([.text("x"), .text("p")]), "sub": .text("ada"),
        "exp": .number(1_000_600), "tenantId": .text("acme"), "roles": .list([.text("auditor"), .text("unheard")]),
    ]

    private static func verdict(
        _ changes: [String: ClaimValue], _ change: (inout TokenPolicy) -> Void = { _ in }
    ) -> TokenVerdict {
        var policy = TokenPolicy(issuer: "https://i", audience: "p")
        change(&policy)
        var claims = self.good
        for (name, value) in changes { claims[name] = value == .null ? nil : value }
        return policy.verdict(on: claims, at: self.now)
    }

    private static func principal(_ verdict: TokenVerdict) -> Principal? {
        if case .valid(let principal) = verdict { principal } else { nil }
    }

    @Test func aGoodOneHasItsTenantAndTheScopesOfItsRoles() {
        let principal = Self.principal(Self.verdict([:]))
        #expect(principal?.reach == .one("acme"))
        #expect(principal?.scopes == [.read])
        #expect(principal?.name == "ada")
    }

    @Test(
        arguments: [
            ["iss": .text("https://other")], ["iss": .null], ["iss": .list([.text("https://i")])],
            ["aud": .text("other")], ["aud": .null], ["aud": .list([])], ["exp": .null], ["exp": .text("1000600")],
            ["exp": .number(999_940)], ["exp": .number(.infinity)], ["exp": .number(-1)],
            ["nbf": .number(1_000_061)], ["nbf": .text("x")], ["sub": .null], ["sub": .text("")],
        ] as [[String: ClaimValue]])
    func whatIsWrongIsNotValid(changes: [String: ClaimValue]) {
        guard case .invalid = Self.verdict(changes) else {
            Issue.record("\(changes) is taken")
            return
        }
    }

    @Test(
        arguments: [
            ["exp": .number(999_941)], ["nbf": .number(1_000_060)], ["aud": .text("p")],
        ] as [[String: ClaimValue]])
    func theClocksMayBeApart(changes: [String: ClaimValue]) {
        #expect(Self.principal(Self.verdict(changes)) != nil)
        if changes["aud"] == nil { #expect(Self.principal(Self.verdict(changes) { $0.clockSkewSeconds = 0 }) == nil) }
    }

    @Test(arguments: [.null, .text("*"), .text("a b"), .text(""), .number(1), .list([.text("acme")])] as [ClaimValue])
    func withoutAValidTenantItIsKnownAndMayNothing(tenant: ClaimValue) {
        guard case .withoutTenant = Self.verdict(["tenantId": tenant]) else {
            Issue.record("\(tenant) is taken")
            return
        }
    }

    @Test func theFirstTenantClaimCounts() {
        #expect(Self.principal(Self.verdict(["workspaceId": .text("w")]))?.reach == .one("w"))
        guard case .withoutTenant = Self.verdict(["workspaceId": .text("no tenant")]) else {
            Issue.record("the second claim was taken in place of a wrong first one")
            return
        }
    }

    @Test func claimsMayBeNestedAndNamedOtherwise() {
        let nested: [String: ClaimValue] = [
            "realm_access": .object(["roles": .list([.text("admin")])]), "https://x.y/t": .text("t1"),
        ]
        let principal = Self.principal(
            Self.verdict(nested) { policy in
                policy.rolesClaim = "realm_access.roles"
                policy.tenantClaims = ["https://x.y/t"]
            })
        #expect(principal?.scopes == [.admin])
        #expect(principal?.reach == .one("t1"))
    }

    @Test func withoutRolesThereAreNoScopes() {
        #expect(Self.principal(Self.verdict(["roles": .null]))?.scopes == [])
        #expect(Self.principal(Self.verdict(["roles": .text("publisher")]))?.scopes == [.publish])
    }
}
